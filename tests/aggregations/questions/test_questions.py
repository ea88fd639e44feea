"""Questions on frames against the oracle, on random events, filters, ranges and zones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregations.planner import Span
from aggregations.questions import choosing, funnels, goals, journeys, listings, totals
from core.dimensions import OF_SESSIONS, Dimension
from core.metrics import Totals
from core.steps import parse_step
from tests import filter_oracle as oracle
from tests.aggregations.questions.scenes import GROUPS, Scene, questions, scene_of, scenes

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregations.questions.choosing import Chosen
    from tests.filter_oracle import Question

_STEPS: Final = (
    "/a",
    "/b",
    "/*",
    "/*b",
    "signup",
    "custom",
    "outbound_link",
    "scroll_25",
    "/signup",
    "nothing",
    "page_view",
)


def choose(scene: Scene, asked: Question) -> Chosen:
    """What the filters choose of the frames."""
    return choosing.choose(
        scene.frames,
        asked.filters,
        span=Span(asked.begin, asked.end),
        classes=asked.classes,
        groups=asked.groups,
    )


def counted(frame: pl.LazyFrame, *keys: str) -> Counter[Any]:
    """The lines of a list with one count."""
    found: Counter[Any] = Counter()
    for row in frame.collect().iter_rows(named=True):
        key = tuple(tuple(row[name]) if isinstance(row[name], list) else row[name] for name in keys)
        (count,) = (value for name, value in row.items() if name not in keys)
        found[key if len(keys) > 1 else key[0]] += count
    return found


def in_group(path: str) -> bool:
    """Whether a path is in the group that is asked for."""
    return GROUPS.name_of(path) == "A"


_SCOPES: Final[dict[str, tuple[totals.Pages | None, Callable[[str], bool] | None]]] = {
    "site": (None, None),
    "page": (totals.Pages(lambda column: column == "/a", many=False), lambda path: path == "/a"),
    "group": (totals.Pages(lambda column: column.is_in(["/a", "/signup"]), many=True), in_group),
}


@settings(max_examples=40, deadline=None)
@given(scenes(), questions(), st.sampled_from([*_SCOPES]))
def test_totals(scene: Scene, asked: tuple[Question, list[int]], scope: str) -> None:
    """Every total of every bucket, of the site, of a page and of a group."""
    question, edges = asked
    pages, has = _SCOPES[scope]
    picked = oracle.pick(scene.rows, scene.sessions, question)
    found = pl.collect_all(totals.totals(choose(scene, question), edges, pages=pages))
    expected = oracle.totals(picked, edges, has, many=scope == "group")
    assert expected == totals.summed(found, buckets=len(edges) - 1)


@settings(max_examples=40, deadline=None)
@given(scenes(), questions(), st.booleans())
def test_lists(scene: Scene, asked: tuple[Question, list[int]], grouped: bool) -> None:  # noqa: FBT001 - drawn
    """Pages, pages of entry and exit, custom events, and visits by each dimension."""
    question, _ = asked
    picked, chosen = oracle.pick(scene.rows, scene.sessions, question), choose(scene, question)
    has, column_has = (in_group, _SCOPES["group"][0].has) if grouped else (None, None)  # type: ignore[union-attr]  # given above
    found = {path: (views, unique) for path, views, unique in listings.pages(chosen).collect().iter_rows()}
    assert oracle.pages(picked) == found
    ends = listings.ends(chosen).collect()
    flow = tuple(Counter(dict(zip(ends["path"], ends[name], strict=True))) for name in ("landings", "exits"))
    assert oracle.flow(picked) == flow
    assert oracle.custom_events(picked, has) == counted(listings.custom_events(chosen, has=column_has), "name")
    for dimension in (Dimension.CHANNEL, Dimension.UTM, Dimension.CITY, Dimension.BROWSER):
        columns = OF_SESSIONS[dimension]
        expected = {
            values[0] if len(columns) == 1 else values: count
            for values, count in oracle.visits_by(picked, columns, has).items()
        }
        assert expected == counted(listings.visits_by(chosen, dimension, has=column_has), *columns)


@settings(max_examples=40, deadline=None)
@given(scenes(), questions(), st.lists(st.sampled_from(_STEPS), min_size=1, max_size=4), st.booleans())
def test_funnels(scene: Scene, asked: tuple[Question, list[int]], texts: list[str], grouped: bool) -> None:  # noqa: FBT001 - drawn
    """Steps in order, pages, patterns and events, repeated ones too."""
    question, _ = asked
    steps = [parse_step(text) for text in texts]
    has, column_has = (in_group, _SCOPES["group"][0].has) if grouped else (None, None)  # type: ignore[union-attr]  # given above
    found = funnels.hits(choose(scene, question), steps, has=column_has).collect()
    visits = oracle.followed_in(oracle.pick(scene.rows, scene.sessions, question), has)
    expected = oracle.funnel(visits, steps)
    assert expected == funnels.steps_taken(found, len(steps))


@settings(max_examples=40, deadline=None)
@given(scenes(), questions(), st.integers(1, 4), st.sampled_from(("/a", "/b", "/nowhere")), st.booleans())
def test_journeys(scene: Scene, asked: tuple[Question, list[int]], stops: int, path: str, grouped: bool) -> None:  # noqa: FBT001 - drawn
    """The first stops of visits, and what is around a page."""
    question, _ = asked
    picked, chosen = oracle.pick(scene.rows, scene.sessions, question), choose(scene, question)
    has, column_has = (in_group, _SCOPES["group"][0].has) if grouped else (None, None)  # type: ignore[union-attr]  # given above
    begun = counted(
        journeys.sequences(journeys.views(chosen, has=column_has).collect(), stops=stops, limit=1_000).lazy(), "pages"
    )
    assert oracle.sequences(picked, stops, has) == begun
    views = journeys.views(chosen, path=path, has=column_has).collect()
    around = counted(journeys.neighbours(views, path).lazy(), "before", "after")
    assert oracle.neighbours(picked, path, has) == around


@settings(max_examples=40, deadline=None)
@given(scenes(), questions(), st.sampled_from(_STEPS))
def test_goals(scene: Scene, asked: tuple[Question, list[int]], text: str) -> None:
    """Visits and conversions in all, by bucket, by a visit's columns, by page and by event."""
    question, edges = asked
    goal = parse_step(text)
    picked, chosen = oracle.pick(scene.rows, scene.sessions, question), choose(scene, question)
    reaching = oracle.reaching(picked, goal)
    begun = {one.session_id: one for one in picked.begun}
    visits = goals.converted(chosen, goal)

    def conversions(frame: pl.LazyFrame, key: str) -> tuple[Counter[Any], Counter[Any]]:
        rows = frame.collect()
        return tuple(  # type: ignore[return-value]  # two of them
            Counter(dict(zip(rows[key], rows[column], strict=True))) for column in ("visits", "conversions")
        )

    def expected(keys: set[tuple[Any, int]]) -> tuple[Counter[Any], Counter[Any]]:
        return Counter(key for key, _ in keys), Counter(key for key, session in keys if session in reaching)

    (row,) = goals.conversions(visits).collect().iter_rows()
    assert (len(begun), len(reaching)) == row
    assert expected({(one.country, key) for key, one in begun.items()}) == conversions(
        goals.conversions_by(visits, "country"), "country"
    )
    buckets = {
        (number, key)
        for key, one in begun.items()
        for number, begin in enumerate(edges[:-1])
        if begin <= one.start < edges[number + 1]
    }
    assert expected(buckets) == conversions(goals.conversions_by_bucket(visits, edges), "bucket")
    seen = {(row.event.path, row.session_id) for row in picked.views if row.session_id in begun}
    assert expected(seen) == conversions(goals.conversions_by_page(visits, chosen), "path")
    named = {
        (row.event.name, row.session_id)
        for row in picked.events
        if row.event.type == "custom" and row.session_id in begun
    }
    assert expected(named) == conversions(goals.conversions_by_event(visits, chosen), "name")


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_nothing(engine: Any) -> None:  # noqa: ANN401 - a word of Polars'
    """Without any event everything is 0 and every list is empty."""
    scene = scene_of([])
    question = oracle.Question((), 0, 10, (0,), GROUPS)
    found = pl.collect_all(totals.totals(choose(scene, question), [0, 5, 10]), engine=engine)
    assert totals.summed(found, buckets=2) == [Totals(), Totals()]
