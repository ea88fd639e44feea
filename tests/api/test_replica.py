"""Reports from a streaming replica: what it has replayed, and nothing else of ours goes there."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate
from storage.postgres_versions import MAJOR, binaries
from tests.api.applying import ApplyingLog
from tests.api.served import served
from tests.api.world import BROWSER
from tests.faults.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def primary(tmp_path: Path) -> Iterator[str]:
    """A migrated database on a server of its own."""
    server = EmbeddedPostgres(tmp_path / "primary")
    yield server.start()
    server.stop()


@pytest.fixture
def replica(primary: str, tmp_path: Path) -> Iterator[str]:
    """The address of a replica of it, as a base backup makes one."""
    migrate(primary)
    folder = tmp_path / "replica"
    folder.mkdir()
    subprocess.run(
        [
            binaries(MAJOR) / "pg_basebackup",
            "-d",
            primary,
            "-D",
            folder / "postgres",
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
        ],
        check=True,
    )
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = (tmp_path / "primary" / "postgres").stat()
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
    server = EmbeddedPostgres(folder)
    yield server.start()
    server.stop()
    shutil.rmtree(folder)


def test_reports_are_read_from_the_replica(primary: str, replica: str) -> None:
    """They show what it has replayed, while sites, keys and all that is written stay with the database itself."""
    with (
        served(primary, replica=replica, log=ApplyingLog) as server,
        psycopg.connect(primary, autocommit=True) as connection,
    ):

        def views() -> int:
            answer = httpx.get(
                f"{server.url}/api/v1/reports/summary",
                params={"website_id": str(server.site.uuid), "period": "today"},
                headers={"X-API-KEY": server.user_key},
                timeout=60,
            )
            assert answer.status_code == 200, answer.text
            return int(answer.json()["data"]["metrics"]["pageviews"]["value"])

        _wait_for_replay(connection, replica)
        assert views() == 0
        with psycopg.connect(replica, autocommit=True) as standby:
            standby.execute("SELECT pg_wal_replay_pause()")
            for path in ("/", "/a", "/b"):
                url = f"https://example.com{path}"
                view = {"website_id": str(server.site.uuid), "event_type": "page_view", "url": url, "path": path}
                answer = httpx.post(f"{server.url}/api/v1/collect", json=view, headers={"User-Agent": BROWSER})
                assert answer.status_code == 202, answer.text
            assert views() == 0
            standby.execute("SELECT pg_wal_replay_resume()")
        until("the replica has them", lambda: views() == 3, within=60)


def _wait_for_replay(connection: psycopg.Connection, replica: str) -> None:
    """Return when the replica has all that was committed until now."""
    ((end,),) = connection.execute("SELECT pg_current_wal_lsn()::text").fetchall()
    with psycopg.connect(replica, autocommit=True) as standby:
        until(
            "the replica has replayed",
            lambda: standby.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [end]).fetchone() == (True,),
            within=60,
        )
