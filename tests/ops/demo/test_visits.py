"""What made-up visitors do."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Final

import pytest

from core.events import EventType
from core.places import NO_PLACE, Place
from core.spans import DAY, HOUR, MINUTE
from ops.demo.live import hits_from
from ops.demo.traffic import Traffic
from ops.demo.visits import place_of, visits_of
from ops.demo.world import ACTIONS, COUNTRIES, FRONT_PAGE, PAGES

LAST: Final = 20_775 * DAY
TRAFFIC: Final = Traffic(LAST - 29 * DAY, LAST, 30_000)
NOON: Final = LAST + 12 * HOUR


def test_same_seed_same_visits() -> None:
    """An hour is the same whenever it is made, and another one with another seed."""
    first, again, other = (list(visits_of(TRAFFIC, NOON, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_visits_begin_in_their_hour() -> None:
    """A visit begins in its hour with a view, in order, and ends with its page being closed."""
    for visit in visits_of(TRAFFIC, NOON, seed=1):
        assert NOON <= visit[0].ts < NOON + HOUR
        assert visit[0].raw.type == EventType.PAGE_VIEW
        assert visit[-1].raw.type == EventType.CLOSE_TAB
        assert [hit.ts for hit in visit] == sorted(hit.ts for hit in visit)
        assert len({hit.request for hit in visit}) == 1


def test_world_holds_together() -> None:
    """Every way leads to a page that is there, and whatever happens does so on one."""
    paths = {page.path for page in PAGES}
    assert {path for page in PAGES for path, _ in page.next} <= paths
    assert ACTIONS.keys() <= paths
    assert FRONT_PAGE in paths


def test_more_when_asked() -> None:
    """Four times as many visits come when that is asked."""
    counts = [sum(1 for _ in visits_of(TRAFFIC, NOON, seed=3, times=times)) for times in (1, 4)]
    assert counts[1] == pytest.approx(4 * counts[0], rel=0.5)


@pytest.mark.parametrize(
    ("ip", "place"),
    [
        ("10.0.0.7", Place("DE", "Berlin", "Berlin")),
        ("10.0.33.7", Place("DE", "Hamburg", "Hamburg")),
        ("10.200.0.1", NO_PLACE),
        ("::1", NO_PLACE),
        ("", NO_PLACE),
    ],
)
def test_place_of(ip: str, place: Place) -> None:
    """An address tells its made-up place, any other none."""
    assert place == place_of(ip)


def test_visitors_come_from_everywhere() -> None:
    """Every visitor is somewhere, and over a day most countries are there."""
    seen = Counter(
        place_of(visit[0].request.ip).country
        for hour in range(LAST, LAST + DAY, HOUR)
        for visit in visits_of(TRAFFIC, hour, seed=1)
    )
    assert "" not in seen
    assert len(seen) > len(COUNTRIES) * 3 // 4


def test_hits_from_is_in_order() -> None:
    """Who comes from an instant on comes in the order of time, over the ends of hours, and nobody from before."""
    start = NOON + 30 * MINUTE
    hits = list(islice(hits_from(TRAFFIC, start, seed=1), 2_000))
    assert [hit.ts for hit in hits] == sorted(hit.ts for hit in hits)
    assert hits[0].ts >= start
    assert hits[-1].ts > NOON + HOUR
