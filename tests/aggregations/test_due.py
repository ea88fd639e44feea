"""When marked hours are worth a rollup."""

from __future__ import annotations

import pytest

from aggregations.due import DueDays, SiteDay
from core.spans import HOUR, MINUTE
from storage.marks import MarkedHour
from tests.cases import FIRST_DAY

TEN = FIRST_DAY + 10 * HOUR
SETTLED = TEN + HOUR + 35 * MINUTE


@pytest.mark.parametrize(
    ("now", "age", "expected"),
    [
        pytest.param(SETTLED, 60, [SiteDay(1, FIRST_DAY)], id="ended 35 minutes ago, a minute old"),
        pytest.param(SETTLED - 1, 60, [], id="ended a moment less than 35 minutes ago"),
        pytest.param(SETTLED, 59, [], id="younger than a minute"),
        pytest.param(TEN, 600, [], id="still running"),
    ],
)
def test_due(now: int, age: float, expected: list[SiteDay]) -> None:
    """An hour is due 35 minutes after its end, if it has not changed for a minute."""
    due = DueDays()
    waiting = [MarkedHour(1, TEN, 5)]
    assert due.of(waiting, now=now, monotonic=100) == []
    assert due.of(waiting, now=now, monotonic=100 + age) == expected


def test_new_version_starts_the_minute_again() -> None:
    """An hour that changes all the time is left until it is quiet."""
    due = DueDays()
    for round_ in range(10):
        assert due.of([MarkedHour(1, TEN, round_)], now=SETTLED, monotonic=round_ * 45) == []
    assert due.of([MarkedHour(1, TEN, 9)], now=SETTLED, monotonic=9 * 45 + 60) == [SiteDay(1, FIRST_DAY)]


def test_mark_that_was_gone_is_young_again() -> None:
    """A mark that comes back has the age of its coming back, whatever its version."""
    due = DueDays()
    due.of([MarkedHour(1, TEN, 5)], now=SETTLED, monotonic=0)
    due.of([], now=SETTLED, monotonic=50)
    assert due.of([MarkedHour(1, TEN, 5)], now=SETTLED, monotonic=100) == []


def test_each_day_once_and_oldest_first() -> None:
    """Several hours of a day are one job."""
    due = DueDays()
    waiting = [MarkedHour(1, TEN, 5), MarkedHour(2, TEN - 24 * HOUR, 6), MarkedHour(1, TEN - HOUR, 7)]
    due.of(waiting, now=SETTLED, monotonic=0)
    expected = [SiteDay(2, FIRST_DAY - 24 * HOUR), SiteDay(1, FIRST_DAY)]
    assert due.of(waiting, now=SETTLED, monotonic=60) == expected


def test_postponed_day_waits_a_minute() -> None:
    """A day that failed comes back after a minute; others do not wait for it."""
    due = DueDays()
    waiting = [MarkedHour(1, TEN, 5), MarkedHour(2, TEN, 6)]
    due.of(waiting, now=SETTLED, monotonic=0)
    due.of(waiting, now=SETTLED, monotonic=60)
    due.postpone(SiteDay(1, FIRST_DAY))
    assert due.of(waiting, now=SETTLED, monotonic=75) == [SiteDay(2, FIRST_DAY)]
    assert due.of(waiting, now=SETTLED, monotonic=135) == [SiteDay(1, FIRST_DAY), SiteDay(2, FIRST_DAY)]


def test_a_day_that_has_files_waits_for_more() -> None:
    """Late events make a day's files anew every ten minutes at most; a day that runs has none yet."""
    late = [MarkedHour(1, TEN, 5), MarkedHour(1, FIRST_DAY + 24 * HOUR, 6)]
    now = FIRST_DAY + 26 * HOUR
    due = DueDays()
    due.of(late, now=now, monotonic=0)
    both = [SiteDay(1, FIRST_DAY), SiteDay(1, FIRST_DAY + 24 * HOUR)]
    assert due.of(late, now=now, monotonic=60) == both
    assert due.of(late, now=now, monotonic=120) == both[1:]
    assert due.of(late, now=now, monotonic=659) == both[1:]
    assert due.of(late, now=now, monotonic=660) == both


def test_a_day_whose_files_failed_waits_a_minute() -> None:
    """What was not written is not what is waited for."""
    late = [MarkedHour(1, TEN, 5)]
    now = FIRST_DAY + 26 * HOUR
    due = DueDays()
    due.of(late, now=now, monotonic=0)
    due.of(late, now=now, monotonic=60)
    due.postpone(SiteDay(1, FIRST_DAY))
    due.of(late, now=now, monotonic=75)
    assert due.of(late, now=now, monotonic=135) == [SiteDay(1, FIRST_DAY)]
