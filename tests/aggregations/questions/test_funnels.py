"""Funnels of one visit, told step by step."""

from __future__ import annotations

import pytest

from aggregations.planner import Span
from aggregations.questions import funnels
from aggregations.questions.choosing import choose
from core.globs import PathGroups
from core.spans import DAY
from core.steps import parse_step
from tests.aggregations.questions.scenes import scene_of
from tests.cases import FIRST_DAY, events_of


def steps_taken(events: str, steps: list[str]) -> list[int]:
    """How many of the visits took each step."""
    span = Span(FIRST_DAY, FIRST_DAY + DAY)
    chosen = choose(scene_of(events_of(events)).frames, (), span=span, classes=(0,), groups=PathGroups(()))
    found = funnels.hits(chosen, [parse_step(step) for step in steps]).collect()
    return funnels.steps_taken(found, len(steps))


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
        pytest.param("+0:00 ~scroll_50", ["scroll_50"], [0], id="a passive event alone is no visit"),
        pytest.param("+0:00 !/b, +1:00 /a", ["/b", "/a"], [0, 0], id="a name is no path"),
        pytest.param("+1:00 /b, +0:00 /a", ["/a", "/b"], [1, 1], id="time counts, not arrival"),
        pytest.param("+0:00 /blog/a, +1:00 /b", ["/blog/*", "/b"], [1, 1], id="some pages"),
        pytest.param("+0:00 /blog/a, +1:00 /b", ["\\/blog/*", "/b"], [0, 0], id="a page with a star in its name"),
        pytest.param(
            "+0:00 /a, +0:00 /b, +1:00 /a, +0:00 /a person=2, +0:00 /b person=3",
            ["/a", "/b", "/a"],
            [2, 1, 1],
            id="visits are added up",
        ),
        pytest.param(
            "23:50 /a, 1d00:05 /b, 1d00:10 /c", ["/a", "/b", "/c"], [1, 1, 1], id="a visit is followed over midnight"
        ),
        pytest.param("1d00:05 /a, 1d00:06 /b", ["/a", "/b"], [0, 0], id="a visit of the day after is none of this"),
    ],
)
def test_visits_take_steps(events: str, steps: list[str], expected: list[int]) -> None:
    """Each step after those before it."""
    assert expected == steps_taken(events, steps)
