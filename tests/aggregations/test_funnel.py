"""Funnels against a funnel that looks at one event after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregations.funnel import EVENTS, steps_taken
from tests.cases import events_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.events import Event

_WHATS: Final = (
    ("page_view", "", "/a"),
    ("page_view", "", "/b"),
    ("page_view", "", "/c"),
    ("custom", "signup", "/a"),
    ("custom", "outbound_link", "/a"),
    ("custom", "/b", "/a"),
    ("outbound_link", "signup", "/b"),
    ("scroll_50", "", "/a"),
)
_STEPS: Final = ("/a", "/b", "/c", "/d", "signup", "outbound_link", "custom", "scroll_50", "nothing")


def is_step(event: Event, step: str) -> bool:
    """The definition of a step."""
    if step.startswith("/"):
        return event.type == "page_view" and event.path == step
    return step in (event.type, event.name)


def naive_funnel(visits: Iterable[Iterable[Event]], steps: Sequence[str]) -> list[int]:
    """How many visits took each step after those before it, told event by event."""
    taken = [0] * len(steps)
    for visit in visits:
        position = 0
        for event in sorted(visit, key=lambda event: (event.ts, event.event_id)):
            if position < len(steps) and is_step(event, steps[position]):
                taken[position] += 1
                position += 1
    return taken


def frame(visits: Sequence[Sequence[Event]]) -> pl.DataFrame:
    """The events of visits; each visit's number is its session."""
    rows = [
        (number, event.ts, event.event_id, event.type, event.name, event.path)
        for number, visit in enumerate(visits)
        for event in visit
    ]
    return pl.DataFrame(rows, schema=EVENTS, orient="row")


@st.composite
def some_visits(draw: st.DrawFn) -> list[list[Event]]:
    """Visits whose events come in any order, some in one millisecond."""
    template = events_of("10:00 /a")[0]
    visits = []
    for _ in range(draw(st.integers(0, 5))):
        visit = []
        for number in range(draw(st.integers(0, 8))):
            type_, name, path = draw(st.sampled_from(_WHATS))
            ts = draw(st.integers(0, 5))
            visit.append(template._replace(ts=ts, event_id=number, type=type_, name=name, path=path))
        visits.append(draw(st.permutations(visit)))
    return visits


@settings(max_examples=300, deadline=None)
@given(some_visits(), st.lists(st.sampled_from(_STEPS), min_size=1, max_size=5))
def test_a_funnel_is_the_naive_one(visits: list[list[Event]], steps: list[str]) -> None:
    """On any visits, for any steps, repeated ones too."""
    assert naive_funnel(visits, steps) == steps_taken(frame(visits), steps)


@settings(max_examples=100, deadline=None)
@given(some_visits(), st.lists(st.sampled_from(_STEPS), min_size=1, max_size=5))
def test_a_group_leaves_visits_out(visits: list[list[Event]], steps: list[str]) -> None:
    """Those without a view in it; an action on its path is no view."""

    def has(path: str) -> bool:
        return path in {"/b", "/c"}

    inside = [visit for visit in visits if any(event.type == "page_view" and has(event.path) for event in visit)]
    assert naive_funnel(inside, steps) == steps_taken(frame(visits), steps, has=has)


@pytest.mark.parametrize(
    ("events", "steps", "expected"),
    [
        pytest.param("+0:00 /a, +1:00 /b, +2:00 /c", ["/a", "/c"], [1, 1], id="others in between do not matter"),
        pytest.param("+0:00 /b, +1:00 /a", ["/a", "/b"], [1, 0], id="the wrong order"),
        pytest.param("+0:00 /b, +1:00 /a, +2:00 /b", ["/a", "/b"], [1, 1], id="the second chance"),
        pytest.param("+0:00 /a", ["/a", "/a"], [1, 0], id="one event is one step"),
        pytest.param("+0:00 /a, +1:00 /a", ["/a", "/a"], [1, 1], id="the same again is the next"),
        pytest.param("+0:00 /a, +1:00 !buy", ["/a", "buy"], [1, 1], id="a custom event by its name"),
        pytest.param("+0:00 /a, +1:00 !buy", ["/a", "custom"], [1, 1], id="by its type"),
        pytest.param("+0:00 /a, +1:00 >shop", ["/a", "outbound_link"], [1, 1], id="an outbound link"),
        pytest.param("+0:00 /a, +1:00 ~scroll_50", ["/a", "scroll_50"], [1, 1], id="a passive event"),
        pytest.param("+0:00 !/b, +1:00 /a", ["/b", "/a"], [0, 0], id="a name is no path"),
        pytest.param("+1:00 /b, +0:00 /a", ["/a", "/b"], [1, 1], id="time counts, not arrival"),
    ],
)
def test_one_visit(events: str, steps: list[str], expected: list[int]) -> None:
    """Told step by step."""
    assert expected == steps_taken(frame([events_of(events)]), steps)


def test_many_visits_are_added_up() -> None:
    """Each of them once for each step."""
    visits = [events_of("+0:00 /a, +1:00 /b, +2:00 /a"), events_of("+0:00 /a"), events_of("+0:00 /b")]
    assert steps_taken(frame(visits), ["/a", "/b", "/a"]) == [2, 1, 1]
