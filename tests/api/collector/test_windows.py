"""The sliding window, exact to the moment."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from api.collector.windows import SlidingWindow
from tests.clocks import SetClock


def window(clock: SetClock, max_keys: int = 1_000) -> SlidingWindow:
    """Three requests in ten seconds."""
    return SlidingWindow(limit=3, seconds=10, clock=clock, max_keys=max_keys)


def test_the_window_slides() -> None:
    """Let through at 0, 4 and 8 s, refused until the first leaves the window, and told when that is."""
    clock = SetClock(0)
    limit = window(clock)
    answers = []
    for seconds in (0, 4, 4, 1, 0.5, 0.6, 0.5):
        clock.pass_seconds(seconds)
        answers.append(limit.retry_after("a"))
    assert answers == [0, 0, 0, 1, 1, 0, 4]
    assert limit.retry_after("b") == 0


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5_000)), max_size=60))
def test_it_agrees_with_the_definition(requests: list[tuple[str, int]]) -> None:
    """A request is let through if fewer than three were in the ten seconds before it."""
    clock = SetClock(0)
    limit = window(clock)
    through: dict[str, list[float]] = defaultdict(list)
    for key, pause in requests:
        clock.pass_seconds(pause / 1_000)
        recent = [time for time in through[key] if time > clock.seconds - 10]
        allowed = limit.retry_after(key) == 0
        assert allowed == (len(recent) < 3)
        if allowed:
            through[key].append(clock.seconds)


def test_memory_is_bounded() -> None:
    """Quiet keys are forgotten, and beyond the bound the one that was quiet for longest."""
    clock = SetClock(0)
    limit = window(clock, max_keys=50)
    for n in range(500):
        clock.pass_seconds(0.01)
        limit.retry_after(str(n))
        assert len(limit) <= 50
    clock.pass_seconds(11)
    limit.retry_after("new")
    assert len(limit) == 1
