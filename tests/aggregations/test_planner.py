"""A range is covered once, and only by what can be trusted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregations.planner import Plan, Span, months_around, plan
from core.ranges import Days, bounds
from core.spans import DAY, HOUR, MINUTE, day_of, hour_of
from storage.pieces import Piece
from storage.rollups import Grain

if TYPE_CHECKING:
    from collections.abc import Mapping


def utc(text: str) -> int:
    """Ms of an ISO instant in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000


MONTHS = [utc(f"{year}-{month:02}-01") for year in (2025, 2026) for month in range(1, 13)]


def month_start(ms: int) -> int:
    """Start of the calendar month."""
    return int(datetime.fromtimestamp(ms / 1_000, UTC).replace(day=1, hour=0, minute=0, second=0).timestamp()) * 1_000


def content(piece: Piece, months: Mapping[int, int]) -> list[Span]:
    """What the rows of a piece are about."""
    if piece.grain is not Grain.MONTH:
        return [Span(piece.begin, piece.end)]
    return [Span(month, months[month] + DAY) for month in MONTHS if piece.begin <= month < piece.end]


def covers(spans: list[tuple[int, Span]], instant: int) -> int:
    """How often the instant is counted."""
    return sum(sign for sign, span in spans if span.begin <= instant < span.end)


spans_ = st.one_of(
    # Any two minutes, and the local days that zones really have.
    st.tuples(st.integers(0, 400 * 1440), st.integers(0, 90 * 1440)).map(
        lambda given_: Span(MONTHS[2] + given_[0] * MINUTE, MONTHS[2] + (given_[0] + given_[1]) * MINUTE)
    ),
    st.tuples(
        st.sampled_from(["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns"]),
        st.dates(date(2025, 2, 1), date(2026, 11, 1)),
        st.integers(0, 370),
    ).map(
        lambda given_: Span(
            *[
                bounds(
                    Days(
                        first=given_[1],
                        last=min(date.fromordinal(given_[1].toordinal() + given_[2]), date(2026, 12, 30)),
                    ),
                    ZoneInfo(given_[0]),
                )[end]
                for end in (0, -1)
            ]
        )
    ),
)


@st.composite
def rolled(draw: st.DrawFn) -> dict[int, int]:
    """Some months with the last day that they have."""
    found = {}
    for month, following in pairwise(MONTHS):
        if draw(st.integers(0, 3)):
            found[month] = draw(st.sampled_from([*range(month, following, DAY), *[following - DAY] * 40]))
    return found


marks_ = st.sets(
    st.tuples(st.integers(0, 1), st.integers(0, 719), st.sampled_from(MONTHS)).map(
        lambda given_: given_[2] + given_[1] * HOUR
    ),
    max_size=12,
)


@given(spans_, rolled(), marks_)
def test_every_instant_of_a_range_is_counted_once(span: Span, months: dict[int, int], marked: set[int]) -> None:
    """And none outside of it, whatever is added and taken away."""
    made = plan(span, marked=marked, months=months)
    signed = [(piece.sign, part) for piece in (*made.rollups, *made.rows) for part in content(piece, months)]
    edges = {edge for _, part in signed for edge in part} | set(span)
    for edge in edges:
        for instant in (edge - 1, edge):
            assert int(span.begin <= instant < span.end) == covers(signed, instant)


@given(spans_, rolled(), marks_)
def test_nothing_marked_is_read_from_a_rollup(span: Span, months: dict[int, int], marked: set[int]) -> None:
    """A mark spoils its hour, its day and its month."""
    made = plan(span, marked=marked, months=months)
    for piece in made.rollups:
        for part in content(piece, months):
            assert not any(part.begin <= hour < part.end for hour in marked)


@given(spans_, rolled(), marks_)
def test_unique_counts_are_added_over_whole_days_only(span: Span, months: dict[int, int], marked: set[int]) -> None:
    """The rest of the range is what is cut, and the cuts lie in at most two days."""
    made = plan(span, marked=marked, months=months)
    signed = [
        (piece.sign, part) for piece in (*made.rollups, *made.rows) if piece.whole for part in content(piece, months)
    ]
    signed += [(1, cut) for cut in made.cuts]
    for edge in {edge for _, part in signed for edge in part} | set(span):
        assert int(span.begin <= edge < span.end) == covers(signed, edge)
    assert len(made.cuts) <= 2
    for cut in made.cuts:
        assert 0 < cut.end - cut.begin < DAY
        assert day_of(cut.begin) == day_of(cut.end - 1)


@given(spans_, rolled(), marks_)
def test_a_row_piece_stays_in_its_hour(span: Span, months: dict[int, int], marked: set[int]) -> None:
    """So an hour's rows can be kept by its mark; a whole hour of rows is a marked one."""
    for piece in plan(span, marked=marked, months=months).rows:
        assert hour_of(piece.begin) == hour_of(piece.end - 1)
        if piece.end - piece.begin == HOUR:
            assert piece.begin in marked


def year() -> dict[int, int]:
    """All months complete but November 2026, which goes to the 19th."""
    return {month: following - DAY for month, following in pairwise(MONTHS)} | {MONTHS[22]: utc("2026-11-19")}


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2026-01-01", "2026-04-01", [(Grain.MONTH, "2026-01-01", "2026-04-01", 1)]),
        (
            "2025-11-22",
            "2026-01-01",
            [(Grain.DAY, "2025-11-22", "2025-12-01", 1), (Grain.MONTH, "2025-12-01", "2026-01-01", 1)],
        ),
        (
            "2025-11-15",
            "2025-12-01",
            [(Grain.MONTH, "2025-11-01", "2025-12-01", 1), (Grain.DAY, "2025-11-01", "2025-11-15", -1)],
        ),
        ("2025-11-16", "2025-12-01", [(Grain.DAY, "2025-11-16", "2025-12-01", 1)]),
        (
            "2026-11-01",
            "2026-11-21",
            [(Grain.MONTH, "2026-11-01", "2026-12-01", 1), (Grain.DAY, "2026-11-20", "2026-11-21", 1)],
        ),
        (
            "2026-05-03",
            "2026-05-29",
            [
                (Grain.MONTH, "2026-05-01", "2026-06-01", 1),
                (Grain.DAY, "2026-05-01", "2026-05-03", -1),
                (Grain.DAY, "2026-05-29", "2026-06-01", -1),
            ],
        ),
        ("2026-05-03T22:00", "2026-05-04", [(Grain.HOUR, "2026-05-03T22:00", "2026-05-04", 1)]),
        ("2026-05-03", "2026-05-03", []),
    ],
)
def test_the_longest_spans_are_taken(begin: str, end: str, expected: list[tuple[Grain, str, str, int]]) -> None:
    """Months, and days where they are fewer than what a month would have too much."""
    made = plan(Span(utc(begin), utc(end)), marked=set(), months=year())
    assert [(grain, utc(first), utc(last), sign) for grain, first, last, sign in expected] == [
        piece[:4] for piece in made.rollups
    ]
    assert made.rows == ()


def test_a_day_of_kathmandu_is_hours_and_ragged_ends() -> None:
    """Whole hours from rollups, a quarter and three quarters of an hour from rows, both days cut."""
    span = Span(utc("2026-11-19T18:15"), utc("2026-11-20T18:15"))
    expected = Plan(
        span=span,
        rollups=(Piece(Grain.HOUR, utc("2026-11-19T19:00"), utc("2026-11-20T18:00"), whole=False),),
        rows=(
            Piece(None, utc("2026-11-19T18:15"), utc("2026-11-19T19:00"), whole=False),
            Piece(None, utc("2026-11-20T18:00"), utc("2026-11-20T18:15"), whole=False),
        ),
        cuts=(Span(span.begin, utc("2026-11-20")), Span(utc("2026-11-20"), span.end)),
    )
    assert expected == plan(span, marked=set(), months=year())


def test_a_mark_spoils_its_month_its_day_and_its_hour_only() -> None:
    """The other days and the other hours are still taken from rollups."""
    made = plan(Span(utc("2026-05-01"), utc("2026-06-01")), marked={utc("2026-05-02T07:00")}, months=year())
    assert made.rollups == (
        Piece(Grain.DAY, utc("2026-05-01"), utc("2026-05-02")),
        Piece(Grain.HOUR, utc("2026-05-02"), utc("2026-05-02T07:00")),
        Piece(Grain.HOUR, utc("2026-05-02T08:00"), utc("2026-05-03")),
        Piece(Grain.DAY, utc("2026-05-03"), utc("2026-06-01")),
    )
    assert made.rows == (Piece(None, utc("2026-05-02T07:00"), utc("2026-05-02T08:00")),)


@given(spans_)
def test_marks_are_read_for_whole_months(span: Span) -> None:
    """A month row is only as good as all of its days, those outside the range too."""
    around = months_around(span)
    assert around.begin == month_start(span.begin)
    assert around.end == month_start(around.end)
    assert around.begin <= span.begin
    assert span.end <= around.end
