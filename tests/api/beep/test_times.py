"""What `last`, `from` and `to` mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.dialects.beep.times import Span, read_span
from api.dialects.instants import to_the_second
from core.errors import InvalidInput
from core.spans import DAY, HOUR, MINUTE, SECOND

NOW = int(datetime(2026, 3, 15, 12, 30, 0, 250_000, tzinfo=UTC).timestamp() * 1_000)


def utc(year: int, month: int, day: int) -> int:
    """Ms since 1970 at which the UTC day begins."""
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("last", "ms"),
    [
        ("24h", DAY),
        ("7d", 7 * DAY),
        ("30d", 30 * DAY),
        ("14d", 14 * DAY),
        ("2w", 14 * DAY),
        ("1mo", 30 * DAY),
        ("3mo", 90 * DAY),
        ("6mo", 180 * DAY),
        ("90m", 90 * MINUTE),
        ("48h", 2 * DAY),
        ("1h30m", 90 * MINUTE),
        ("1.5h", 90 * MINUTE),
        (".5h", 30 * MINUTE),
        ("5.s", 5 * SECOND),
        ("+1h", HOUR),
        ("1d12h", 36 * HOUR),
        ("250ms", 250),
        ("1s500ms", 1_500),
        ("2000us", 2),
        ("2000µs", 2),
        ("2000μs", 2),
        ("1ns", 1),
        ("99999mo", NOW),
    ],
)
def test_last(last: str, ms: int) -> None:
    """A duration ends now and is rolling; nothing before 1970 is meant."""
    assert Span(NOW - ms, NOW + 1) == read_span(last=last, first="", final="", now=NOW)


@pytest.mark.parametrize(
    ("first", "final", "span"),
    [
        ("2026-03-01", "2026-03-01", Span(utc(2026, 3, 1), utc(2026, 3, 2))),
        ("2026-01-01", "2026-03-15", Span(utc(2026, 1, 1), utc(2026, 3, 16))),
        ("2026-01-01", "2026-06-01", Span(utc(2026, 1, 1), NOW + DAY)),
        ("2026-03-02", "2026-03-01", Span(utc(2026, 3, 2), utc(2026, 3, 2))),
        ("2026-03-14", "", Span(utc(2026, 3, 14), NOW + 1)),
        ("", "2024-02-29", Span(0, utc(2024, 3, 1))),
        ("0001-01-01", "9999-12-31", Span(0, NOW + DAY)),
        ("", "", Span(NOW - DAY, NOW + 1)),
    ],
)
def test_dates(first: str, final: str, span: Span) -> None:
    """Dates are UTC days, both included; one alone has no other end, and without any it is the last 24 hours."""
    assert span == read_span(last="", first=first, final=final, now=NOW)


def test_last_wins() -> None:
    """Beside `last` the dates are not even looked at."""
    assert Span(NOW - HOUR, NOW + 1) == read_span(last="1h", first="never", final="2026-01-01", now=NOW)


@pytest.mark.parametrize(
    "last", ["0h", "0", "7", "d", "-1h", "7 d", "7days", "1y", "h1", "1..5h", "7D", "٣d", " 7d", "1" * 40 + "h", "0.0s"]
)
def test_durations_that_are_none(last: str) -> None:
    """They must be positive and have units."""
    with pytest.raises(InvalidInput, match=r"^invalid last duration$"):
        read_span(last=last, first="", final="", now=NOW)


@pytest.mark.parametrize("date", ["2026-02-30", "2026-3-1", "20260301", "01.03.2026", "2026-W10-1", "٢٠٢٦-03-01", "x"])
@pytest.mark.parametrize(("field", "text"), [("first", "invalid from date"), ("final", "invalid to date")])
def test_dates_that_are_none(date: str, field: str, text: str) -> None:
    """Only YYYY-MM-DD is a date, with the other end or without."""
    for other in ("", "2026-03-01"):
        given = {"first": other, "final": other, field: date}
        with pytest.raises(InvalidInput, match=f"^{text}$"):
            read_span(last="", now=NOW, **given)


def test_a_time_is_shown_in_seconds() -> None:
    """Cut to the second, in UTC."""
    assert to_the_second(NOW) == "2026-03-15T12:30:00Z"
