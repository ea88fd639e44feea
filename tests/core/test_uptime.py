"""What a check of a site changes, and how much of the time the site was up."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.spans import DAY, HOUR, MINUTE, SECOND
from core.uptime import CONFIRMED_AFTER, LATE, PERIOD, Downtime, Span, Standing, Step, pause_of, step, uptime

NOW: Final = 1_800_000_000_000
BEFORE: Final = NOW - 5 * MINUTE
SUSPECTED: Final = Downtime(NOW - 45 * SECOND, is_confirmed=False)


def down_for(lasted: int) -> Standing:
    """A site that has been down for so long, and is checked in time."""
    return Standing(BEFORE, NOW, Downtime(NOW - lasted, is_confirmed=True))


#: How it stood, whether the check finds it up, and what that changes. The first column is the pause that follows.
UP: Final = 5 * MINUTE
CASES: Final = {
    "the first check": (Standing(), True, Step(NOW + UP, was_watched=False)),
    "the first check fails": (Standing(), False, Step(NOW + CONFIRMED_AFTER, was_watched=False, begins=True)),
    "up and up": (Standing(BEFORE, NOW), True, Step(NOW + UP, was_watched=True)),
    "up, then not": (Standing(BEFORE, NOW), False, Step(NOW + CONFIRMED_AFTER, was_watched=True, begins=True)),
    "a single failure": (Standing(BEFORE, NOW, SUSPECTED), True, Step(NOW + UP, was_watched=True, ended_at=NOW)),
    "two failures": (Standing(BEFORE, NOW, SUSPECTED), False, Step(NOW + UP, was_watched=True, confirms=True)),
    "down for an hour": (down_for(HOUR), False, Step(NOW + 5 * MINUTE, was_watched=True)),
    "down for almost a day": (down_for(DAY - 1), False, Step(NOW + 5 * MINUTE, was_watched=True)),
    "down for a day": (down_for(DAY), False, Step(NOW + 10 * MINUTE, was_watched=True)),
    "down for almost two days": (down_for(2 * DAY - 1), False, Step(NOW + 10 * MINUTE, was_watched=True)),
    "down for two days": (down_for(2 * DAY), False, Step(NOW + 30 * MINUTE, was_watched=True)),
    "down for three days": (down_for(3 * DAY), False, Step(NOW + HOUR, was_watched=True)),
    "down for almost a week": (down_for(7 * DAY - 1), False, Step(NOW + HOUR, was_watched=True)),
    "down for a week": (down_for(7 * DAY), False, Step(None, was_watched=True)),
    "up after six days": (down_for(6 * DAY), True, Step(NOW + UP, was_watched=True, ended_at=NOW)),
    "late, but not too late": (Standing(BEFORE, NOW - LATE), True, Step(NOW + UP, was_watched=True)),
    "too late": (Standing(BEFORE, NOW - LATE - 1), True, Step(NOW + UP, was_watched=False)),
    "too late, and down meanwhile": (
        Standing(BEFORE, NOW - LATE - 1),
        False,
        Step(NOW + CONFIRMED_AFTER, was_watched=False, begins=True),
    ),
    "too late, up after a downtime": (
        Standing(BEFORE, NOW - HOUR, Downtime(BEFORE - HOUR, is_confirmed=True)),
        True,
        Step(NOW + UP, was_watched=False, ended_at=BEFORE),
    ),
    "too late, down again": (
        Standing(BEFORE, NOW - HOUR, Downtime(BEFORE - HOUR, is_confirmed=True)),
        False,
        Step(NOW + CONFIRMED_AFTER, was_watched=False, ended_at=BEFORE, begins=True),
    ),
    "given up, then up": (
        Standing(BEFORE, None, Downtime(BEFORE - 7 * DAY, is_confirmed=True)),
        True,
        Step(NOW + UP, was_watched=False, ended_at=BEFORE),
    ),
    "given up, still down": (
        Standing(BEFORE, None, Downtime(BEFORE - 7 * DAY, is_confirmed=True)),
        False,
        Step(NOW + CONFIRMED_AFTER, was_watched=False, ended_at=BEFORE, begins=True),
    ),
    "the clock was set back": (
        Standing(NOW + HOUR, NOW + 2 * HOUR, Downtime(NOW + HOUR, is_confirmed=True)),
        True,
        Step(NOW + UP, was_watched=True, ended_at=NOW + HOUR),
    ),
}


@pytest.mark.parametrize(("standing", "is_up", "expected"), CASES.values(), ids=CASES)
def test_a_check(standing: Standing, *, is_up: bool, expected: Step) -> None:
    """When the next one is due, and what begins and ends."""
    assert expected == step(standing, NOW, is_up=is_up)


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0, SECOND, LATE, LATE + 1, DAY, 40 * DAY])), min_size=1, max_size=60
    )
)
def test_any_life_of_a_site(checks: list[tuple[bool, int]]) -> None:
    """Downtimes follow one another and lie in watched time; the percentage is of it."""
    standing, now, watched, down = Standing(), NOW, list[Span](), list[Span]()
    for is_up, late in checks:
        now = (standing.due_at or now) + late
        found = step(standing, now, is_up=is_up)
        watched[-1:] = (
            [Span(watched[-1].begin, now)] if watched and found.was_watched else [*watched[-1:], Span(now, now)]
        )
        downtime = standing.downtime
        if downtime is not None and found.ended_at is not None:
            down.append(Span(downtime.started_at, found.ended_at))
            downtime = None
        if found.begins:
            downtime = Downtime(now, is_confirmed=False)
        if found.confirms:
            assert downtime is not None
            downtime = downtime._replace(is_confirmed=True)
        assert (downtime is None) == is_up
        standing = Standing(now, found.due_at, downtime)
    if standing.downtime is not None:
        down.append(Span(standing.downtime.started_at, now))
    assert all(one.begin <= one.end <= other.begin for one, other in pairwise(down))
    assert all(any(span.begin <= each.begin <= each.end <= span.end for span in watched) for each in down)
    found_uptime = uptime(watched, down, Span(now - PERIOD, now))
    if found_uptime is not None:
        assert 0 <= found_uptime <= 100
        total = sum(span.end - span.begin for span in watched)
        if total and watched[0].begin >= now - PERIOD:
            assert found_uptime == round(100 - 100 * sum(span.end - span.begin for span in down) / total, 2)


@given(st.integers(0, 8 * DAY), st.integers(0, 8 * DAY))
def test_pauses_grow(one: int, other: int) -> None:
    """What has been down for longer is not asked more often, until nobody asks."""
    shorter, longer = sorted((one, other))
    assert (pause_of(shorter) or PERIOD) <= (pause_of(longer) or PERIOD)


_DAY: Final = Span(NOW - DAY, NOW)


@pytest.mark.parametrize(
    ("watched", "down", "expected"),
    [
        ([], [], None),
        ([Span(NOW, NOW)], [], None),
        ([Span(NOW - 3 * DAY, NOW - 2 * DAY)], [], None),
        ([_DAY], [], 100.0),
        ([_DAY], [_DAY], 0.0),
        ([_DAY], [Span(NOW - 6 * HOUR, NOW)], 75.0),
        ([_DAY], [Span(NOW - 2 * DAY, NOW - 18 * HOUR)], 75.0),
        ([Span(NOW - DAY, NOW - 12 * HOUR)], [Span(NOW - 18 * HOUR, NOW)], 50.0),
        ([Span(NOW - DAY, NOW - 12 * HOUR), Span(NOW - HOUR, NOW)], [Span(NOW - 13 * HOUR, NOW)], 84.62),
        ([_DAY], [Span(NOW - 2 * HOUR, NOW - 2 * HOUR + 864)], 100.0),
        ([_DAY], [Span(NOW - 2 * HOUR, NOW - 2 * HOUR + 8_640)], 99.99),
    ],
)
def test_the_percentage(watched: list[Span], down: list[Span], expected: float | None) -> None:
    """Of the watched part of the period; None where nobody looked."""
    assert expected == uptime(watched, down, _DAY)
