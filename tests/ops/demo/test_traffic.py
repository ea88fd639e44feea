"""How many made-up visits come when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from core.spans import DAY, HOUR
from ops.demo.traffic import Stream, Traffic, newsletters, share_of

#: Wednesday, 18 November 2026.
LAST: Final = 20_775 * DAY
TRAFFIC: Final = Traffic(LAST - 364 * DAY, LAST, 100_000)


def _of_day(day: int, *streams: Stream) -> float:
    hours = [TRAFFIC.in_hour(hour) for hour in range(day, day + DAY, HOUR)]
    return sum(hour.get(stream, 0) for hour in hours for stream in streams or Stream)


def _day(year: int, month: int, day: int) -> int:
    return (datetime(year, month, day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def test_year_adds_up() -> None:
    """The ordinary visits of all days are about as many as were asked for."""
    total = sum(_of_day(day, Stream.ORDINARY) for day in range(TRAFFIC.first, LAST + 1, DAY))
    assert total == pytest.approx(TRAFFIC.visits, rel=0.1)


def test_hours_of_day_are_all_of_it() -> None:
    """The shares of a day's hours are one."""
    assert sum(share_of(hour) for hour in range(0, DAY, HOUR)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("quiet", "busy"),
    [
        pytest.param(_day(2026, 11, 14), _day(2026, 11, 17), id="Saturday, Tuesday"),
        pytest.param(_day(2025, 12, 25), _day(2025, 12, 18), id="Christmas, the Thursday before"),
        pytest.param(_day(2025, 11, 20), _day(2026, 11, 12), id="growth"),
    ],
)
def test_days_differ(quiet: int, busy: int) -> None:
    """Weekends and holidays are quiet, and there are more visits now than a year ago."""
    assert _of_day(quiet, Stream.ORDINARY) * 1.3 < _of_day(busy, Stream.ORDINARY)


def test_front_page_is_a_peak() -> None:
    """On the day of the front page about twice as many come as otherwise."""
    assert _of_day(TRAFFIC.front_page) > 1.8 * _of_day(TRAFFIC.front_page, Stream.ORDINARY)


@pytest.mark.parametrize(
    ("day", "stream", "comes"),
    [
        (_day(2026, 3, 25), Stream.ADVERT, True),
        (_day(2026, 4, 11), Stream.ADVERT, False),
        (newsletters(TRAFFIC.first, LAST)[-1], Stream.NEWSLETTER, True),
        (_day(2026, 11, 16), Stream.NEWSLETTER, False),
    ],
)
def test_campaigns_have_their_days(day: int, stream: Stream, comes: bool) -> None:  # noqa: FBT001 - a case
    """Campaigns bring visits on their days only."""
    assert (_of_day(day, stream) > 0) is comes
