"""What filters choose, case by case; `docs/filters.md` has more of them."""

from __future__ import annotations

from typing import Final

import polars as pl
import pytest

from aggregations.planner import Span
from aggregations.questions import listings, totals
from aggregations.questions.choosing import choose
from core.dimensions import Dimension
from core.filters import parse_filters
from core.globs import PathGroups
from core.metrics import Totals
from core.spans import DAY
from tests.aggregations.questions.scenes import scene_of
from tests.cases import FIRST_DAY, events_of

#: What happens, the filters, and of the first day (visits, page views, unique visitors, custom events).
CASES: Final = (
    pytest.param("+0:00 ~scroll_25", ["event=scroll_25"], (0, 0, 0, 0), id="a passive event alone is no visit"),
    pytest.param("+0:00 ~scroll_25", ["event=!signup"], (0, 0, 0, 0), id="nor by what it is not"),
    pytest.param("+0:00 ~scroll_25", ["property:plan="], (0, 0, 0, 0), id="nor by a property that it has not"),
    pytest.param("+0:00 /a, +1:00 ~scroll_25", ["event=scroll_25"], (1, 1, 1, 0), id="in a visit it can be chosen"),
    pytest.param("+0:00 /a person=0", ["country=*"], (0, 0, 0, 0), id="nobody is in no chosen visit"),
    pytest.param("+0:00 /a person=0", ["source="], (0, 0, 0, 0), id="nor by having no value"),
    pytest.param("+0:00 /a person=0", [], (0, 1, 0, 0), id="without a filter a view of nobody is a view"),
    pytest.param("+0:00 /a person=0", ["traffic=human"], (0, 1, 0, 0), id="traffic chooses no visits"),
    pytest.param("+0:00 !buy", ["entry="], (1, 0, 1, 1), id="a visit without a view has no entry"),
    pytest.param("+0:00 /a, +1:00 /b", ["page=/a", "page=!/b"], (1, 1, 1, 0), id="is and is not, of one view"),
    pytest.param("+0:00 /a, +1:00 /b", ["page=/a", "exit=/b"], (1, 1, 1, 0), id="a view and the visit"),
    pytest.param("+0:00 /a, +1:00 !buy", ["page=/b", "event=buy"], (0, 0, 0, 0), id="a view that is not there"),
    pytest.param("+0:00 /a, +1:00 !buy", ["page=/a", "event=pay"], (0, 0, 0, 0), id="an event that is not there"),
    pytest.param("+0:00 /a, +1:00 !buy, +2:00 !pay", ["event=buy"], (1, 1, 1, 1), id="only chosen events count"),
    pytest.param("+0:00 /a, +1:00 !buy, +2:00 !pay", ["page=/a"], (1, 1, 1, 2), id="without a filter on them all"),
    pytest.param("23:50 /a, 1d00:10 /b", ["page=/b"], (0, 0, 0, 0), id="a view after the range chooses nothing"),
    pytest.param("23:50 /a, 1d00:10 /b", ["exit=/b"], (1, 1, 1, 0), id="a visit is judged as a whole"),
    pytest.param("+0:00 /a, +1:00 !buy", ["property:plan=!pro"], (1, 1, 1, 1), id="no property is not that one"),
    pytest.param("+0:00 /a, +1:00 !buy", ["property:plan="], (1, 1, 1, 1), id="no property is none"),
    pytest.param("+0:00 /a, +1:00 >shop", ["event=outbound_link"], (1, 1, 1, 0), id="by its type"),
)


@pytest.mark.parametrize(("events", "filters", "expected"), CASES)
def test_filters_choose(events: str, filters: list[str], expected: tuple[int, int, int, int]) -> None:
    """Visits, their views, visitors and events."""
    span = Span(FIRST_DAY, FIRST_DAY + DAY)
    chosen = choose(
        scene_of(events_of(events)).frames,
        parse_filters((name, value) for name, value in (text.split("=", 1) for text in filters)),
        span=span,
        classes=(0,),
        groups=PathGroups(()),
    )
    (found,) = totals.summed(pl.collect_all(totals.totals(chosen, span)), buckets=1)
    custom = listings.custom_events(chosen).collect()["count"].sum()
    assert expected == (found.visits, found.views, found.visitors, custom)


@pytest.mark.parametrize("many", [False, True])
def test_totals_of_a_page_are_of_visits_that_saw_it_or_began_or_ended_there(many: bool) -> None:  # noqa: FBT001 - a case
    """Rates are of those that began there; as one page or as a group of one."""
    span = Span(FIRST_DAY, FIRST_DAY + DAY)
    events = (
        "+0:00 /a, +0:00 /b person=2, +0:00 /a person=3, +1:00 /b person=3, +1:30 /a person=3,"
        " +0:00 /b person=4, +2:00 /a person=4, +0:00 !buy person=5"
    )
    chosen = choose(
        scene_of(events_of(events)).frames,
        parse_filters([("country", "DE")]),
        span=span,
        classes=(0,),
        groups=PathGroups(()),
    )
    pages = totals.Pages(lambda column: column == "/a", many=many)
    (found,) = totals.summed(pl.collect_all(totals.totals(chosen, span, pages=pages)), buckets=1)
    expected = Totals(
        views=4,
        unique_views=3,
        visits=3,
        visitors=3,
        rated=2,
        bounces=1,
        quiet_bounces=1,
        duration_ms=90_000,
        entries=2,
        exits=3,
    )
    assert expected == found


def test_sources_of_a_page_are_of_visits_that_saw_it() -> None:
    """Also of one that began before the range; whoever did not see the page in it is none of them."""
    span = Span(FIRST_DAY + DAY, FIRST_DAY + 2 * DAY)
    chosen = choose(
        scene_of(events_of("23:50 /a, 1d00:10 /b, 1d10:00 /b person=2, 1d10:00 /a person=3")).frames,
        parse_filters([("country", "DE")]),
        span=span,
        classes=(0,),
        groups=PathGroups(()),
    )
    for has, visits in ((None, 2), (lambda column: column == "/b", 2), (lambda column: column == "/a", 1)):
        assert [("Direct", visits)] == listings.visits_by(chosen, Dimension.CHANNEL, has=has).collect().rows()


def test_a_visit_that_began_before_counts_with_what_is_in_the_range() -> None:
    """Its views and its visitor, not the visit; what it saw first before is not seen first now."""
    span = Span(FIRST_DAY + DAY, FIRST_DAY + 2 * DAY)
    chosen = choose(
        scene_of(events_of("23:50 /a, 1d00:10 /a, 1d00:11 /b")).frames,
        parse_filters([("entry", "/a")]),
        span=span,
        classes=(0,),
        groups=PathGroups(()),
    )
    (found,) = totals.summed(pl.collect_all(totals.totals(chosen, span)), buckets=1)
    assert (found.visits, found.views, found.unique_views, found.visitors) == (0, 2, 1, 1)
