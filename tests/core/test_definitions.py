"""What may be named: segments, goals and funnels, checked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.definitions import check_name
from core.errors import InvalidInput
from core.filters import Choice, parse_filters
from core.funnels import Steps, check_steps
from core.goals import Goal, check_goal
from core.segments import Segment, check_segment
from core.steps import Step

if TYPE_CHECKING:
    from collections.abc import Callable

NUL = "a\0b"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: check_name(" "), "name must be 1 to 100 characters"),
        (lambda: check_name("x" * 101), "name must be 1 to 100 characters"),
        (lambda: check_name(NUL), "name must not contain U+0000 or half a surrogate pair"),
        (lambda: check_segment([]), "filters must be at least one {dimension, value}"),
        (lambda: check_segment([("country", "DE")] * 101), "filters must have at most 100 values in all"),
        (check_goal, "send either event, the name of an event, or page, a path such as /thanks or /orders/*"),
        (
            lambda: check_goal(event="a", page="/"),
            "send either event, the name of an event, or page, a path such as /thanks or /orders/*",
        ),
        (lambda: check_goal(event=""), "event must be 1 to 1024 characters"),
        (lambda: check_goal(page="x" * 1_025), "page must be 1 to 1024 characters"),
        (lambda: check_goal(event=NUL), "event must not contain U+0000 or half a surrogate pair"),
        (lambda: check_goal(page="thanks"), "page must begin with a slash, such as /thanks or /orders/*"),
        (lambda: check_steps(["/a"]), "steps must be 2 to 10: each a path or an event"),
        (lambda: check_steps(["/a"] * 11), "steps must be 2 to 10: each a path or an event"),
        (lambda: check_steps(["/a", ""]), "steps[1] must be 1 to 1024 characters"),
        (lambda: check_steps([NUL, "/a"]), "steps[0] must not contain U+0000 or half a surrogate pair"),
    ],
)
def test_what_cannot_be_kept_is_refused(wrong: Callable[[], object], message: str) -> None:
    """The error names the field and says what to send."""
    with pytest.raises(InvalidInput) as raised:
        wrong()
    assert message == str(raised.value)


def test_a_filter_that_is_none_is_named() -> None:
    """As it is in an address."""
    with pytest.raises(InvalidInput, match=r"^filter\[planet\]: there is no such dimension; there are page, "):
        check_segment([("planet", "Mars")])


def test_what_is_kept() -> None:
    """Names lose their blanks; filters and steps stay as written."""
    pairs = [("country", "!DE"), ("page", "/a*")]
    assert check_name(" Customers ") == "Customers"
    assert check_segment(pairs) == Segment(tuple(pairs))
    assert parse_filters(pairs) == Segment(tuple(pairs)).filters
    assert check_steps(["/a%20b?c", "signup"]) == Steps(("/a%20b?c", "signup"))


@pytest.mark.parametrize(
    ("goal", "step"),
    [
        (Goal(event="signup"), Step("signup")),
        (Goal(event="/signup"), Step("/signup")),
        (Goal(page="/thanks?a=b"), Step("/thanks", Choice("/thanks"))),
        (Goal(page="/orders/*"), Step("/orders/*", Choice("/orders/*", glob=True))),
        (Goal(page="\\/a*b"), Step("/a*b", Choice("/a*b"))),
    ],
)
def test_a_goal_is_a_step(goal: Goal, step: Step) -> None:
    """An event by its whole name, a page or some pages."""
    assert step == goal.step
