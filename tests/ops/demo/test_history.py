"""Made-up days in a real database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from core.spans import DAY, HOUR
from ops.demo import site as demo_site
from ops.demo.history import History
from ops.demo.traffic import FRONT_PAGE_DAYS, Traffic
from ops.demo.world import DOMAIN
from ops.wiring.commands import rollup_job
from storage import notes, sites
from storage.definitions import FUNNELS, GOALS
from storage.pool import open_pool
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg_pool import ConnectionPool

    from core.sites import Site

LAST: Final = 20_775 * DAY
NOW: Final = LAST + 15 * HOUR
TRAFFIC: Final = Traffic(LAST - 2 * DAY, LAST, 300)


@pytest.fixture(scope="module")
def pool(module_database: str) -> Iterator[ConnectionPool]:
    """A migrated database."""
    with open_pool(module_database, size=3) as opened:
        yield opened


@pytest.fixture
def site(pool: ConnectionPool) -> Iterator[Site]:
    """The demo's site."""
    with pool.connection() as connection:
        made = demo_site.make(connection, account="default", traffic=TRAFFIC)
    yield made
    with pool.connection() as connection:
        sites.delete(connection, made.uuid)


def _history(pool: ConnectionPool, site: Site) -> History:
    clock = SetClock(NOW)
    return History(site, TRAFFIC, until=NOW, seed=1, pool=pool, rollups=rollup_job(pool, None), clock=clock)


def _counted(pool: ConnectionPool, site: Site) -> tuple[Any, ...]:
    with pool.connection() as connection:
        rows = connection.execute(
            b"SELECT count(*), count(DISTINCT (visitor, event_id)), min(ts), max(ts) FROM events WHERE site = %s",
            (site.id,),
        )
        found = rows.fetchone()
        rolled = connection.execute(
            b"SELECT sum(events) FROM roll_site WHERE site = %s AND grain = 1", (site.id,)
        ).fetchone()
    assert found is not None
    assert rolled is not None
    assert rolled[0] == found[0]
    return found


def test_days_come_newest_first(pool: ConnectionPool, site: Site) -> None:
    """Every day is filled and rolled up, the newest first, up to the given instant and no further."""
    steps = list(_history(pool, site).fill())
    assert [done for done, _ in steps] == [0, 1, 2, 3]
    count, distinct, first, last = _counted(pool, site)
    assert count == distinct == sum(events for _, events in steps)
    assert first.timestamp() * 1_000 >= TRAFFIC.first
    assert last.timestamp() * 1_000 < NOW


def test_twice_adds_nothing(pool: ConnectionPool, site: Site) -> None:
    """A history that was stopped goes on where it was, and one that is there stays as it is."""
    stopped = _history(pool, site).fill()
    next(stopped)
    _, of_first_day = next(stopped)
    rest = [events for _, events in _history(pool, site).fill()]
    counted = _counted(pool, site)
    assert counted[0] == of_first_day + sum(rest)
    assert [events for _, events in _history(pool, site).fill()] == [0, 0, 0, 0]
    assert _counted(pool, site) == counted


def test_site_is_made_once(pool: ConnectionPool, site: Site) -> None:
    """The site has what an owner would set, and is there once."""
    with pool.connection() as connection:
        assert demo_site.make(connection, account="default", traffic=TRAFFIC) == site
        assert {found.name for found in FUNNELS.of_site(connection, site.id)} == {"Sign-up", "Docs to install"}
        assert len(GOALS.of_site(connection, site.id)) == 2
        front_page = next(note for note in notes.of_site(connection, site.id) if note.title.startswith("Front"))
    assert site.domain == DOMAIN
    assert (LAST // DAY) - front_page.day.toordinal() + 719_163 == FRONT_PAGE_DAYS
