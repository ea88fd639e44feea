"""The embedded PostgreSQL: first start, crash, leftovers, long paths."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.errors import FootfallError, Unavailable
from storage.embedded import SOCKET_PATH_LIMIT, EmbeddedPostgres, make_private, socket_directory

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data directory that does not exist yet."""
    parent = Path(tempfile.mkdtemp(prefix="footfall-test-"))
    yield parent / "data"
    shutil.rmtree(parent, ignore_errors=True)


def _committed(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
        connection.execute("INSERT INTO kept VALUES (7)")


def _kept(dsn: str) -> object:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT n FROM kept").fetchone()


def _gone(pid: int) -> bool:
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text():
            return True
        time.sleep(0.05)
    return False


def test_committed_rows_survive_an_orderly_stop_and_a_kill(folder: Path) -> None:
    """What was committed is there after a stop and after SIGKILL of the server."""
    server = EmbeddedPostgres(folder)
    dsn = server.start()
    try:
        assert server.is_running()
        _committed(dsn)
        server.stop()
        assert not server.is_running()
        server.start()
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert _gone(pid)
        assert server.pid is None
        server = EmbeddedPostgres(folder)
        assert dsn == server.start()
        assert _kept(dsn) == (7,)
    finally:
        server.stop()


def test_settings_keep_what_was_acknowledged(folder: Path) -> None:
    """Commits are flushed, nothing listens on the network, only the owner enters."""
    server = EmbeddedPostgres(folder)
    dsn = server.start()
    try:
        with psycopg.connect(dsn) as connection:
            shown = [
                connection.execute(f"SHOW {name}".encode()).fetchone()
                for name in ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "TimeZone")
            ]
        assert shown == [("on",), ("on",), ("on",), ("",), ("UTC",)]
        assert (folder / "postgres").stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()


def test_a_server_left_by_a_killed_supervisor_is_stopped_and_another_started(folder: Path) -> None:
    """A new supervisor stops the server that an earlier one left, and starts its own."""
    first = EmbeddedPostgres(folder)
    dsn = first.start()
    left = first.pid
    assert left is not None
    _committed(dsn)
    second = EmbeddedPostgres(folder)
    try:
        second.start()
        assert second.pid not in {None, left}
        assert _gone(left)
        assert _kept(dsn) == (7,)
    finally:
        second.stop()
        first.stop()


def test_the_server_ends_with_a_supervisor_that_is_killed(folder: Path) -> None:
    """SIGKILL of the process that started the server also ends the server."""
    program = (
        "import sys, time; from pathlib import Path; from storage.embedded import EmbeddedPostgres;"
        "s = EmbeddedPostgres(Path(sys.argv[1])); s.start(); print(s.pid, flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    pid = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert _gone(pid)
    assert not EmbeddedPostgres(folder).is_running()


def test_a_lock_file_that_names_somebody_elses_process_is_not_believed(folder: Path) -> None:
    """After a crash the number in the lock file may belong to any program; that one is left alone."""
    server = EmbeddedPostgres(folder)
    server.start()
    pid = server.pid
    assert pid is not None
    lock = (folder / "postgres" / "postmaster.pid").read_text()
    os.kill(pid, signal.SIGKILL)
    assert _gone(pid)
    assert server.pid is None
    stranger = subprocess.Popen(["sleep", "60"])
    (folder / "postgres" / "postmaster.pid").write_text(lock.replace(str(pid), str(stranger.pid), 1))
    server = EmbeddedPostgres(folder)
    try:
        server.start()
        assert stranger.poll() is None
    finally:
        server.stop()
        stranger.kill()
        stranger.wait()


def test_a_half_made_directory_is_made_again(folder: Path) -> None:
    """A first start that was killed while it created the database is simply done again."""
    (folder / "postgres.new").mkdir(parents=True)
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(folder)
    try:
        with psycopg.connect(server.start()) as connection:
            assert connection.execute("SELECT lower('ÄÖ')").fetchone() == ("äö",)
    finally:
        server.stop()


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    """A data directory whose path is too long for a socket works all the same."""
    deep = folder / ("d" * 60) / ("e" * 60)
    server = EmbeddedPostgres(deep)
    try:
        dsn = server.start()
        assert dsn == EmbeddedPostgres(deep).dsn
        _committed(dsn)
    finally:
        server.stop()


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    """The error carries the end of PostgreSQL's own log."""
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    with (folder / "postgres" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(Unavailable, match="no_such_setting"):
        server.start()


def test_a_socket_directory_is_private_and_fits(folder: Path) -> None:
    """It is the directory that was wanted, or a short one; made with mode 0700."""
    assert folder == socket_directory(folder, "engine.sock")
    short = socket_directory(folder / ("x" * 120), "engine.sock")
    assert len(str(short / "engine.sock")) <= SOCKET_PATH_LIMIT
    make_private(short)
    assert short.stat().st_mode & 0o777 == 0o700
    short.rmdir()


def test_a_socket_directory_of_somebody_else_is_refused(folder: Path) -> None:
    """A link in that place leads nowhere we trust."""
    folder.parent.chmod(0o700)
    folder.symlink_to("/tmp")  # noqa: S108 - what an attacker would do
    with pytest.raises(FootfallError, match="belongs to somebody else"):
        make_private(folder)
