"""Weeks of a made-up site: of two months that end with a Friday, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import exp
from typing import TYPE_CHECKING, Final

from aggregations.insights.facts import TRAITS, Facts, Hour, Week
from core.spans import DAY, HOUR, SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from core.subjects import Subject

#: A Friday.
DAY_OF: Final = date(2026, 2, 13)
#: When it is over, ms.
MIDNIGHT: Final = int(datetime(2026, 2, 14, tzinfo=UTC).timestamp()) * SECOND
EVEN: Final = (50,) * 7


def week(
    number: int = 0,
    *,
    days: Sequence[int] = EVEN,
    visits: int = 200,
    pages: Mapping[str, int] | None = None,
    page_count: int | None = None,
    sources: Mapping[str, int] | None = None,
    audience: Mapping[Subject, Mapping[str, int]] | None = None,
) -> Week:
    """The week so many weeks before the one in question; what is not said of it is nothing."""
    end = MIDNIGHT - 7 * number * DAY
    pages, sources = pages or {}, sources or {}
    return Week(
        first=DAY_OF - timedelta(days=7 * number + 6),
        begin=end - 7 * DAY,
        end=end,
        days=tuple(days),
        visits=visits,
        pages=pages,
        page_count=len(pages) if page_count is None else page_count,
        sources=sources,
        source_count=len(sources),
        audience={trait: (audience or {}).get(trait, {}) for trait in TRAITS},
    )


def spread(hits: int) -> tuple[int, ...]:
    """The days of a week of so many hits, as even as can be."""
    return tuple(hits * (day + 1) // 7 - hits * day // 7 for day in range(7))


def hours(hits: Sequence[int]) -> tuple[Hour, ...]:
    """Hours of so many hits, the last of which ends at 01:00 after the day."""
    end = MIDNIGHT + HOUR
    begins = [end - (len(hits) - number) * HOUR for number in range(len(hits))]
    walls = [datetime.fromtimestamp(begin / SECOND, tz=UTC) for begin in begins]
    return tuple(
        Hour(begin, begin + HOUR, wall.date(), wall.hour, count)
        for begin, wall, count in zip(begins, walls, hits, strict=True)
    )


def facts(*weeks: Week, hours: Sequence[Hour] = ()) -> Facts:
    """What is known at 01:00 after the day."""
    return Facts(day=DAY_OF, zone="UTC", weeks=weeks or (week(),), hours=tuple(hours), end=MIDNIGHT + HOUR)


def poisson(random: Random, mean: float) -> int:
    """A Poisson count (Knuth's way, for small means)."""
    floor, product, count = exp(-mean), random.random(), 0
    while product > floor:
        product *= random.random()
        count += 1
    return count
