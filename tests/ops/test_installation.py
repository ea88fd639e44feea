"""Which installation a command means, and that only one process starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.errors import NotFound, Unavailable
from ops.installation import AlreadyRunning, database, hold
from ops.settings import load
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate, pending

if TYPE_CHECKING:
    from pathlib import Path


def test_a_directory_is_held_by_one(tmp_path: Path) -> None:
    """The second is told who holds it; afterwards it may be held again."""
    with (
        hold(tmp_path),
        pytest.raises(AlreadyRunning, match=rf"already runs in .*process {os.getpid()}"),
        hold(tmp_path),
    ):
        pass
    with hold(tmp_path):
        pass


def test_children_of_a_killed_holder_are_waited_for(tmp_path: Path) -> None:
    """While a child of a holder that is gone still lives, nobody else starts; then at once."""
    program = (
        "import subprocess, sys, time; from pathlib import Path; from ops.installation import hold\n"
        "with hold(Path(sys.argv[1])) as lock:\n"
        "    subprocess.Popen(['sleep', '1'], pass_fds=(lock,))\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    began = time.monotonic()
    with hold(tmp_path):
        waited = time.monotonic() - began
    holder.wait()
    holder.stdout.close()
    assert 0.3 < waited < 10


def test_a_directory_without_installation_is_not_filled(tmp_path: Path) -> None:
    """A mistyped --data is an error, not another installation."""
    with pytest.raises(NotFound, match="footfall serve --data"), database(load(), data=tmp_path / "typo"):
        pass
    assert not (tmp_path / "typo").exists()


def test_a_stopped_single_node_is_started_for_the_moment(tmp_path: Path) -> None:
    """The database is there, migrated, inside the context, and stopped after it."""
    data = tmp_path / "data"
    with database(load(), data=data, create=True) as dsn:
        assert pending(dsn) == []
    assert not EmbeddedPostgres(data).is_running()


def test_a_running_single_node_is_used(tmp_path: Path) -> None:
    """While somebody holds the directory its database is waited for, used, and left running."""
    data = tmp_path / "data"
    server = EmbeddedPostgres(data)
    with hold(data):
        migrate(server.start())
        try:
            with database(load(), data=data) as dsn, psycopg.connect(dsn) as connection:
                assert connection.execute("SELECT count(*) FROM sites").fetchone() == (0,)
            assert server.is_running()
        finally:
            server.stop()


def test_a_cluster_is_found_by_its_address(empty_postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL names it; without the migrations the error says what to run."""
    monkeypatch.setenv("DATABASE_URL", empty_postgres_database)
    with pytest.raises(Unavailable, match="footfall migrate"), database(load(), data=None):
        pass
    migrate(empty_postgres_database)
    with database(load(), data=None) as dsn:
        assert dsn == empty_postgres_database
