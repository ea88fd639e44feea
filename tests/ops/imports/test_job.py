"""An import against a real database: counted like live events, once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from ops.imports.report import Report
from ops.wiring.commands import event_import
from storage import accounts, sites
from storage.pool import open_pool
from tests.api.lookups.mmdb import write_places

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from psycopg_pool import ConnectionPool

    from core.sites import Site

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
START = datetime(2025, 3, 1, 23, 40, tzinfo=UTC)


@pytest.fixture
def pool(postgres_database: str) -> Iterator[ConnectionPool]:
    """A migrated database."""
    with open_pool(postgres_database, size=3) as opened:
        yield opened


@pytest.fixture
def site(pool: ConnectionPool) -> Site:
    """A site in it."""
    with pool.connection() as connection:
        made = sites.insert(connection, account_id=accounts.ensure(connection, "a"), domain="example.com")
    assert made is not None
    return made


def _line(site: Site | None, minutes: float, path: str, **fields: object) -> str:
    body: dict[str, Any] = {
        "event_type": "page_view",
        "url": f"https://example.com{path}",
        "path": path,
        "time": (START + timedelta(minutes=minutes)).isoformat(),
        "ip": "192.0.2.7",
        "user_agent": CHROME,
    }
    if site is not None:
        body["website_id"] = str(site.uuid)
    return json.dumps(body | fields)


def _import(pool: ConnectionPool, file: Path, folder: Path, site: Site | None = None, *, crash: bool = False) -> Report:
    folder.mkdir()
    job = event_import(pool, file, folder, site=None if site is None else site.uuid, report=Report())
    list(job.hash())
    list(job.read())
    writing = job.write()
    if crash:
        next(writing)
        del writing
    else:
        list(writing)
    return job.report


def _rows(pool: ConnectionPool, query: bytes) -> list[tuple[Any, ...]]:
    with pool.connection() as connection:
        return connection.execute(query).fetchall()


SESSIONS = (
    b"SELECT events, views, extract(epoch FROM last - start)::int, entry_path, exit_path FROM sessions ORDER BY start"
)


def test_a_visit_over_midnight_is_one_session(pool: ConnectionPool, site: Site, tmp_path: Path) -> None:
    """Three views across midnight are one visit, and on each day one visitor."""
    file = tmp_path / "history.ndjson"
    file.write_text("\n".join(_line(site, minutes, path) for minutes, path in ((0, "/a"), (15, "/b"), (25, "/c"))))
    report = _import(pool, file, tmp_path / "staged")
    assert (report.lines, report.accepted, report.days, report.refused) == (3, 3, 2, [])
    assert _rows(pool, SESSIONS) == [(3, 3, 1500, "/a", "/c")]
    visitors = _rows(pool, b"SELECT span::date::text, new FROM roll_site WHERE grain = 1 ORDER BY span")
    assert visitors == [("2025-03-01", 1), ("2025-03-02", 1)]
    assert _rows(pool, b"SELECT count(*) FROM marks") == [(0,)]
    assert _rows(pool, b"SELECT count(*), count(salt) FROM import_jobs WHERE done_at IS NOT NULL") == [(1, 0)]


def test_running_it_twice_adds_nothing(pool: ConnectionPool, site: Site, tmp_path: Path) -> None:
    """The second run finds every line in."""
    file = tmp_path / "history.ndjson"
    file.write_text("\n".join(_line(site, minutes, "/") for minutes in (0, 100, 200)))
    _import(pool, file, tmp_path / "first")
    before = _rows(pool, SESSIONS)
    again = _import(pool, file, tmp_path / "second")
    assert (again.accepted, again.before, again.days) == (0, 3, 0)
    assert before == _rows(pool, SESSIONS)
    assert _rows(pool, b"SELECT count(*) FROM events") == [(3,)]


def test_after_a_crash_it_goes_on(pool: ConnectionPool, site: Site, tmp_path: Path) -> None:
    """Days that are in stay as they are, the others follow with the same visitors."""
    file = tmp_path / "history.ndjson"
    file.write_text("\n".join(_line(site, minutes, "/") for minutes in (0, 15, 3000)))
    _import(pool, file, tmp_path / "first", crash=True)
    assert _rows(pool, b"SELECT count(*), count(salt) FROM import_jobs") == [(1, 1)]
    again = _import(pool, file, tmp_path / "second")
    assert (again.accepted, again.days, again.days_before) == (3, 1, 1)
    assert _rows(pool, b"SELECT events FROM sessions ORDER BY start") == [(2,), (1,)]
    assert _rows(pool, b"SELECT count(*), count(DISTINCT event_id) FROM events") == [(3, 3)]


def test_refused_lines_are_named(pool: ConnectionPool, site: Site, tmp_path: Path) -> None:
    """Each bad line has its number and a reason, and disturbs no other."""
    file = tmp_path / "history.ndjson"
    lines = [
        _line(site, 0, "/a"),
        "{",
        "",
        _line(site, 0, "/b", time="tomorrow"),
        _line(site, 0, "/c", website_id="00000000-0000-4000-8000-000000000000"),
        _line(site, 0, "/d", website_id="no uuid"),
        _line(site, 0, "/e", url=""),
        _line(site, 1, "/f"),
        _line(None, 1, "/g"),
    ]
    file.write_text("\n".join(lines))
    report = _import(pool, file, tmp_path / "staged")
    assert (report.lines, report.accepted) == (8, 2)
    expected = [
        (2, "not one JSON"),
        (4, "time is not"),
        (5, "no site has"),
        (6, "no site has"),
        (7, "url is"),
        (9, "website_id"),
    ]
    assert [number for number, _ in expected] == [line.number for line in report.refused]
    for (_, reason), line in zip(expected, report.refused, strict=True):
        assert line.reason.startswith(reason)


def test_a_named_site_takes_every_line(pool: ConnectionPool, site: Site, tmp_path: Path) -> None:
    """`--site` stands in for the line's website_id, or for none."""
    file = tmp_path / "history.ndjson"
    file.write_text("\n".join((_line(None, 0, "/a"), _line(None, 1, "/b", website_id="elsewhere"))))
    report = _import(pool, file, tmp_path / "staged", site)
    assert (report.accepted, report.refused) == (2, [])
    assert _rows(pool, SESSIONS) == [(2, 2, 60, "/a", "/b")]


def test_visits_have_their_places(pool: ConnectionPool, site: Site, tmp_path: Path) -> None:
    """Country, region and city come from the files; a visit has those of the view that names it.

    However an address is written, it is the same visitor's.
    """
    record = {"country_code": "IS", "state1": "Capital Region", "city": "Reykjavík"}
    places = write_places(tmp_path / "places.mmdb", {"192.0.2.0/24": record})
    file = tmp_path / "history.ndjson"
    file.write_text("\n".join((_line(site, 0, "/a"), _line(site, 1, "/b", ip="::ffff:192.0.2.7"))))
    (tmp_path / "staged").mkdir()
    job = event_import(pool, file, tmp_path / "staged", place_files=[places])
    list(job.hash())
    list(job.read())
    list(job.write())
    expected = [("IS", "Capital Region", "Reykjavík")]
    assert expected * 2 == _rows(pool, b"SELECT country, region, city FROM events")
    assert expected == _rows(pool, b"SELECT country, region, city FROM sessions")


def test_neither_address_nor_user_agent_is_stored(
    pool: ConnectionPool, site: Site, tmp_path: Path, postgres_database: str
) -> None:
    """What the visitor is known by is hashed with the job's salt, which is gone when the job is done."""
    file = tmp_path / "history.ndjson"
    file.write_text(_line(site, 0, "/a"))
    _import(pool, file, tmp_path / "staged")
    with psycopg.connect(postgres_database) as connection:
        stored = str(connection.execute("SELECT * FROM events").fetchall())
    assert "192.0.2.7" not in stored
    assert "Mozilla" not in stored
