"""The schema, brought up to date: numbered files, each once, each in its own transaction, one migrator at a time."""

from __future__ import annotations

import hashlib
import logging
import time
from importlib.resources import files
from typing import Final, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict
from tenacity import RetryCallState, retry, retry_if_exception_type, wait_fixed

from core.errors import FootfallError, Unavailable
from storage.sql import load

_log = logging.getLogger(__name__)

#: Advisory lock of whoever migrates; any number that nobody else uses.
_LOCK: Final = 0x466F6F7466616C6C
#: Whoever comes for a table waits behind a migration that waits for it, so one that gets no lock in this time (ms) lets
#: them pass and comes again.
_LOCK_PATIENCE: Final = 2_000
_PAUSE: Final = 1.0


class SchemaMismatch(FootfallError):  # noqa: N818 - named by what the operator has to look at
    """The database was migrated by files that differ from ours."""


class Migration(NamedTuple):
    """One numbered file."""

    number: int
    name: str  # without `.sql`
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Return all files of `storage/migrations`, in order.

    Raises:
        SchemaMismatch: two files have one number.
    """
    found = [
        Migration(int(file.name[:4]), file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in files("storage.migrations").iterdir()
        if file.name.endswith(".sql")
    ]
    found.sort()
    if len({migration.number for migration in found}) != len(found):
        raise SchemaMismatch("two migrations have the same number")
    return found


def migrate(dsn: str, *, through: int | None = None) -> list[str]:
    """Apply what is missing and return the names of the files applied now.

    Where the server has the extension `timescaledb` it is created first, so that the tables become hypertables.

    Args:
        dsn: libpq's connection string or URI.
        through: the number of the last file that is wanted; None for all.

    Raises:
        SchemaMismatch: the database is newer than this version, or a file that was applied has been changed.
        Unavailable: the server does not answer.
    """
    try:
        with psycopg.connect(dsn, autocommit=True, application_name="footfall migrate") as lock:
            hold_schema(lock)
            _create_extension(dsn)
            with psycopg.connect(dsn, autocommit=True, application_name="footfall migrate") as connection:
                connection.execute(load("migrations.table"))
                wanted = [each for each in _missing(connection) if through is None or each.number <= through]
                return [_apply(connection, migration) for migration in wanted]
    except psycopg.OperationalError as error:
        raise Unavailable(f"PostgreSQL at {address(dsn)} does not answer: {error}") from error


def pending(dsn: str) -> list[str]:
    """Return the names of the files that the database still misses.

    Raises:
        SchemaMismatch: as in `migrate`.
        Unavailable: the server does not answer.
    """
    try:
        with psycopg.connect(dsn, autocommit=True, application_name="footfall migrate") as connection:
            return [migration.name for migration in _missing(connection)]
    except psycopg.OperationalError as error:
        raise Unavailable(f"PostgreSQL at {address(dsn)} does not answer: {error}") from error


def hold_schema(connection: psycopg.Connection) -> None:
    """Wait until nobody migrates; until the connection is closed nobody will."""
    connection.execute(load("migrations.lock"), (_LOCK,))


def wait_for(dsn: str, *, patience: float | None = None) -> None:
    """Return when the server answers; until then say so in the log every ten seconds.

    Args:
        dsn: libpq's connection string or URI.
        patience: seconds to wait; None for ever.

    Raises:
        Unavailable: it did not answer in time.
    """
    started = time.monotonic()
    told = started - 10
    while True:
        try:
            psycopg.connect(dsn, connect_timeout=5, application_name="footfall").close()
        except psycopg.OperationalError as error:
            problem = str(error).strip().splitlines()[-1]
        else:
            return
        now = time.monotonic()
        if patience is not None and now - started >= patience:
            raise Unavailable(f"PostgreSQL at {address(dsn)} did not answer for {patience:.0f} s: {problem}")
        if now - told >= 10:
            told = now
            _log.info("waiting for PostgreSQL at %s (%s)", address(dsn), problem)
        time.sleep(0.5)


def address(dsn: str) -> str:
    """Return host and port of a connection string, for people; never the password."""
    given = conninfo_to_dict(dsn)
    return f"{given.get('host') or 'localhost'}:{given.get('port') or 5432}"


def _missing(connection: psycopg.Connection) -> list[Migration]:
    known = {migration.number: migration for migration in migrations()}
    if connection.execute(load("migrations.exists")).rowcount == 0:
        return list(known.values())
    applied = connection.execute(load("migrations.applied")).fetchall()
    for number, name, checksum in applied:
        if number not in known:
            raise SchemaMismatch(
                f"the database has migration {name}, which this version does not know: update Footfall"
            )
        if known[number].checksum != checksum:
            raise SchemaMismatch(
                f"migration {name} is not the one that was applied to this database: an applied file must never change"
            )
    done = {number for number, _, _ in applied}
    return [migration for number, migration in known.items() if number not in done]


def _tell(state: RetryCallState) -> None:
    _log.info("migration %s waits for others to let go of its tables", state.args[1].name)


@retry(
    retry=retry_if_exception_type((psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)),
    wait=wait_fixed(_PAUSE),
    before_sleep=_tell,
)
def _apply(connection: psycopg.Connection, migration: Migration) -> str:
    with connection.transaction():
        connection.execute(load("locks.limit"), {"ms": str(_LOCK_PATIENCE)})
        connection.execute(migration.sql.encode())
        connection.execute(
            load("migrations.record"),
            (migration.number, migration.name, migration.checksum),
        )
    _log.info("applied migration %s", migration.name)
    return migration.name


def _create_extension(dsn: str) -> None:
    """Create `timescaledb` where the server offers it; without the right to, plain tables do as well."""
    try:
        with psycopg.connect(dsn, autocommit=True, application_name="footfall migrate") as connection:
            if connection.execute(load("timescaledb.offered")).rowcount:
                connection.execute(load("timescaledb.create"))
    except psycopg.Error as error:
        _log.warning("The extension timescaledb is there but cannot be created, using plain tables: %s", error)
