"""Which installation a command means, and who may start it."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import FootfallError, NotFound, Unavailable
from storage import key_vault
from storage.embedded import EmbeddedPostgres
from storage.key_vault import KeyVault
from storage.migrate import migrate, pending, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.settings import Settings

_log = logging.getLogger(__name__)

#: Seconds that a command waits for a server that is just starting.
_PATIENCE: Final = 60.0
#: Seconds within which the children of a supervisor that was killed have ended.
_ORPHANS_END_WITHIN: Final = 45.0
#: Seconds that a process may still be seen after it was killed.
_DEATH_TAKES: Final = 1.0


class AlreadyRunning(FootfallError):  # noqa: N818 - named by what is the case
    """Another process holds the data directory."""


@contextlib.contextmanager
def hold(data: Path) -> Iterator[int]:
    """Hold the data directory, which is made if missing: no other process starts anything in it meanwhile.

    Yields the lock's descriptor. Children that inherit it hold the directory too; those of a supervisor that was killed
    are waited for, they end by themselves.

    Raises:
        AlreadyRunning: somebody else holds it.
        FootfallError: it cannot be made or written.
    """
    try:
        # As root, PostgreSQL's user has to pass through it, not to look around.
        data.mkdir(mode=0o700 if os.geteuid() else 0o711, parents=True, exist_ok=True)
        lock = os.open(data / "footfall.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise FootfallError(f"the data directory {data} cannot be used: {error.strerror}") from error
    try:
        began = time.monotonic()
        told = False
        while not _lock(lock):
            holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
            waited = time.monotonic() - began
            if waited > _ORPHANS_END_WITHIN or (waited > _DEATH_TAKES and _runs(holder)):
                raise AlreadyRunning(f"Footfall already runs in {data} (process {holder or 'unknown'})")
            if not told and not _runs(holder):
                _log.warning("waiting for the processes of an earlier run in %s to end", data)
                told = True
            time.sleep(0.1)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield lock
    finally:
        os.close(lock)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _runs(pid: str) -> bool:
    """Tell whether the process exists and is not merely waiting to be reaped."""
    if not pid:
        return True  # it has just taken the lock and not yet said who it is
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def database(settings: Settings, *, data: Path | None, create: bool = False) -> Iterator[str]:
    """Yield the DSN of the installation's database, migrated and answering.

    Args:
        settings: the environment's.
        data: `--data`; a single node's directory. Without it `DATABASE_URL` names a cluster, if it is set.
        create: make the directory's database if there is none yet.

    A single node's database is started for the moment where its server does not run.

    Raises:
        NotFound: there is no installation in the directory.
        Unavailable: its database does not answer, or misses migrations.
    """
    if data is None and settings.database_url:
        missing = pending(settings.database_url)
        if missing:
            raise Unavailable(f"the database misses {', '.join(missing)}: run `footfall migrate`")
        yield settings.database_url
        return
    directory = (data or settings.data).absolute()
    if not create and not (directory / "postgres").exists():
        raise NotFound(
            f"there is no installation in {directory}: start one with `footfall serve --data {directory}`,"
            " or set DATABASE_URL for a cluster"
        )
    server = EmbeddedPostgres(directory)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(hold(directory))
        except AlreadyRunning:
            _await(server.dsn)
        else:
            stack.callback(server.stop)
            server.start()
            migrate(server.dsn)
        yield server.dsn


def vault(settings: Settings, *, data: Path | None) -> KeyVault:
    """Return what encrypts the API keys of the installation; `data` as for `database`."""
    text = settings.secret_key.get_secret_value()
    given = [key_vault.derive(secret.strip()) for secret in text.split(",") if secret.strip()]
    if data is None and settings.database_url:
        return KeyVault(given=given)
    return KeyVault(given=given, file=(data or settings.data).absolute() / key_vault.FILE)


def _await(dsn: str) -> None:
    """Wait until the server that is starting has migrated its database."""
    deadline = time.monotonic() + _PATIENCE
    wait_for(dsn, patience=_PATIENCE)
    while pending(dsn):
        if time.monotonic() > deadline:
            raise Unavailable("the server does not finish its migrations; see its log")
        time.sleep(0.2)
