"""An installation with history, made once for the tests of a file and copied for each of them."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import psycopg
import pytest

from ops.backup.making import Made, Source, make
from ops.backup.progress import silent
from storage.archive.folder import Folder
from storage.key_vault import KeyVault
from storage.migrate import migrate
from storage.pool import open_pool
from tests.archives import Stage
from tests.clocks import SetClock
from tests.databases import fresh_database, template_database
from tests.ops.backup.answers import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    #: Makes an installation of the same content, its archive in this folder.
    Copy = Callable[[Path], AbstractContextManager["Installation"]]

TOPIC = "footfall-events-3"


class Installation(NamedTuple):
    """A database and its archive."""

    dsn: str
    folder: Path
    clock: SetClock

    @property
    def store(self) -> Folder:
        """The archive."""
        return Folder(self.folder)

    def backup(self, folder: Path, *, with_secret: bool = False, keep: int | None = None) -> Made:
        """Make one."""
        source = Source(dsn=self.dsn, archive=self.store, kind="cluster", vault=KeyVault())
        return make(source, folder, clock=self.clock, with_secret=with_secret, keep=keep, progress=silent)


@pytest.fixture(scope="module", params=["postgres", pytest.param("timescale", marks=pytest.mark.timescale)])
def kind(request: pytest.FixtureRequest) -> str:
    """Of the database."""
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def copies(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """What makes copies of a filled installation."""
    admin: str = request.getfixturevalue(f"{kind}_dsn")
    archive = tmp_path_factory.mktemp("filled") / "archive"
    now = 0

    def prepare(dsn: str) -> None:
        nonlocal now
        migrate(dsn)
        with psycopg.connect(dsn) as connection:
            connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
            connection.execute("INSERT INTO sites (account_id, domain) SELECT id, 'one.example' FROM accounts")
        with open_pool(dsn, size=3) as pool:
            stage = Stage(pool, archive)
            fill(stage)
            now = stage.clock.now
        with psycopg.connect(dsn) as connection:
            _add_what_is_private(connection)

    @contextmanager
    def copy(folder: Path) -> Iterator[Installation]:
        with fresh_database(admin, template=name) as dsn:
            shutil.copytree(archive, folder)
            yield Installation(dsn, folder, SetClock(now))

    with template_database(admin, prepare) as name:
        yield copy


@pytest.fixture
def installed(copies: Copy, tmp_path: Path) -> Iterator[Installation]:
    """An installation with history, a key, and what must not get into a backup."""
    with copies(tmp_path / "archive") as found:
        yield found


@pytest.fixture
def empty(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the same kind."""
    with fresh_database(request.getfixturevalue(f"{kind}_dsn")) as dsn:
        yield dsn


def _add_what_is_private(connection: psycopg.Connection) -> None:
    connection.execute("INSERT INTO salts VALUES (now(), sha256('salt'))")
    connection.execute("INSERT INTO midnight_links VALUES (5, 4, 1, now(), 0)")
    connection.execute("INSERT INTO secrets VALUES ('bucket', sha256('bucket'))")
    for log in ("local", TOPIC):
        connection.execute("INSERT INTO positions VALUES (%s, 0, 70, now(), now())", [log])
        connection.execute("INSERT INTO producers VALUES (%s, 0, 1, 1, now())", [log])
    connection.execute("INSERT INTO import_jobs (site, file_hash, salt) VALUES (1, 'under way', sha256('salt'))")
    connection.execute("INSERT INTO users (account_id, role) SELECT id, 'admin' FROM accounts")
    connection.execute(
        "INSERT INTO api_keys (api, user_id, key_hash, key_cipher) SELECT 'tinytrail', id, 'hash', %s FROM users",
        [KeyVault().encrypt(connection, b"tt_key")],
    )
    connection.execute(
        "INSERT INTO page_sessions (token_hash, key_id, expires_at) SELECT 'token', id, now() FROM api_keys"
    )
