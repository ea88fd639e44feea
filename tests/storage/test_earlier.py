"""Databases of earlier versions, with what these stored and reported: after an update the reports are the same.

Each folder of `earlier` is named by the last migration that its version had, and holds the rows that this version made
of `events.ndjson.gz`, and the files of its archive where it had one. `python -m tests.storage.earlier_rows` makes the
one of this version; a release is added to `released.json`.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import httpx
import psycopg
import pytest

from aggregations.job import RollupJob
from ops.clock import SystemClock
from ops.scheduler import Scheduler
from storage import gaps
from storage.archive.folder import Folder
from storage.migrate import migrate, migrations
from storage.pool import open_pool
from tests.api.served import served
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive.store import ArchiveStore

EARLIER: Final = Path(__file__).with_name("earlier")
ROOT: Final = Path(__file__).parents[2]
VERSIONS: Final = sorted(path.name for path in EARLIER.iterdir() if path.is_dir())
DAYS: Final = {"start_date": "2026-09-28", "end_date": "2026-09-30"}
#: How a released version is told from the next one.
_RELEASED: Final = re.compile(r"^## (\d+\.\d+\.\d+) \((?!unreleased)", re.MULTILINE)


def _put_rows(connection: psycopg.Connection, text: str) -> None:
    r"""Do what a dump says: `COPY … FROM stdin;` with lines up to `\.`, and single statements."""
    lines = iter(text.splitlines(keepends=True))
    for line in lines:
        if line.startswith("COPY "):
            with connection.cursor().copy(line.strip().removesuffix(";").encode()) as copy:
                while (row := next(lines)) != "\\.\n":
                    copy.write(row)
        else:
            connection.execute(line.encode())


def _reports(ask: Callable[[str, dict[str, str]], Any]) -> dict[str, Any]:
    found = {name: ask(name, DAYS) for name in ("summary", "pages", "sources", "devices", "flow", "custom-events")}
    found["timeseries"] = ask("timeseries", {**DAYS, "metric": "visits"})
    found["filtered"] = ask("summary", {**DAYS, "filter[browser]": "Firefox"})
    return found


def _ask(url: str, key: str, site: str, name: str, parameters: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    answer = httpx.get(
        f"{url}/api/v1/reports/{name}",
        params={"website_id": site, **parameters},
        headers={"X-API-KEY": key},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.mark.parametrize(
    ("version", "store"), [*((version, "postgres") for version in VERSIONS), (VERSIONS[0], "timescale")]
)
def test_an_update_changes_no_number(version: str, store: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Right after the migrations, and once the scheduler has made what they left to it."""
    dsn = request.getfixturevalue(f"empty_{store}_database")
    migrate(dsn, through=int(version))
    with psycopg.connect(dsn) as connection:
        _put_rows(connection, gzip.decompress((EARLIER / version / "rows.sql.gz").read_bytes()).decode())
        ((site,),) = connection.execute("SELECT uuid FROM sites WHERE domain = 'shop.example'").fetchall()
    archive = None
    if (files := EARLIER / version / "archive").exists():
        archive = Folder(shutil.copytree(files, tmp_path / "archive"))
    expected = json.loads((EARLIER / "reports.json").read_text())

    with served(dsn, archive=archive) as server:
        reports = partial(_reports, partial(_ask, server.url, server.admin_key, str(site)))
        at_once = reports()
        _fill_gaps(dsn, archive)
        later = reports()

    assert expected == at_once
    assert expected == later


def _fill_gaps(dsn: str, archive: ArchiveStore | None) -> None:
    clock, telemetry = SystemClock(), Measurements()
    with open_pool(dsn, size=3) as pool:
        job = RollupJob(pool=pool, clock=clock, telemetry=telemetry, archive=archive)
        scheduler = Scheduler(pool=pool, job=job, clock=clock, telemetry=telemetry, retention_days=36_500)
        scheduler.round(Event())
        with pool.connection() as connection:
            assert gaps.waiting(connection, limit=1) == []


def test_every_release_is_among_them() -> None:
    """A version that the changelog calls released has its database here, and the newest schema is one of them."""
    released = json.loads((EARLIER / "released.json").read_text())
    assert set(_RELEASED.findall((ROOT / "CHANGELOG.md").read_text())) == set(released)
    assert set(released.values()) <= set(VERSIONS)
    assert all(int(version) <= migrations()[-1].number for version in VERSIONS)
