"""Reports of visits told apart: where they come from, and what they are made with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Final, TypeVar

from core.channels import without_assistants
from core.dimensions import Dimension, columns_of
from core.screens import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregations.answers import Before
    from core.ranges import Days

K = TypeVar("K", str, tuple[str, ...])

#: What a report of devices is about.
DEVICES: Final = (Dimension.DEVICE, Dimension.BROWSER, Dimension.OS, Dimension.SCREEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Some of the sources of a range: (names, visits), most visits first, then by name.

    `names` are the columns of the dimension: a channel, a host, or source, medium and campaign.
    """

    days: Days
    dimension: Dimension
    rows: tuple[tuple[tuple[str, ...], int], ...]
    before: Before[Mapping[tuple[str, ...], int]] | None = None  #: visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """Of each of `DEVICES` every value of a range: (name, visits), most visits first, then by name."""

    days: Days
    rows: Mapping[Dimension, tuple[tuple[str, int], ...]]
    before: Before[Mapping[Dimension, Mapping[str, int]]] | None = None  #: visits


def sources(  # noqa: PLR0913 - what was asked and what was found
    days: Days, dimension: Dimension, visits: Mapping[str, int], *, assistants: bool, limit: int | None, offset: int = 0
) -> Sources:
    """Make the report. A visit without a referrer, or a campaign, is in no row: there is nothing to name.

    Without `assistants`, visits that AI assistants sent are referrals like those of other pages.
    """
    if dimension is Dimension.CHANNEL and not assistants:
        known: Counter[str] = Counter()
        for channel, count in visits.items():
            known[without_assistants(channel)] += count
        visits = known
    named = {columns_of(dimension, value): count for value, count in visits.items()}
    counted = {names: count for names, count in named.items() if any(names)}
    return Sources(days=days, dimension=dimension, rows=tuple(ranked(counted, limit=limit, offset=offset)))


def devices(days: Days, visits: Mapping[Dimension, Mapping[str, int]]) -> Devices:
    """Make the report. What a user agent does not tell is unknown, so every list adds up to all visits."""
    rows = {}
    for dimension in DEVICES:
        counted: Counter[str] = Counter()
        for value, count in visits[dimension].items():
            counted[value or UNKNOWN] += count
        rows[dimension] = tuple(ranked(counted))
    return Devices(days=days, rows=rows)


def ranked(counts: Mapping[K, int], *, limit: int | None = None, offset: int = 0) -> list[tuple[K, int]]:
    """Those that are not 0, the greatest first, then by name; some of them."""
    lines = ((-count, name) for name, count in counts.items() if count > 0)
    ordered = sorted(lines) if limit is None else nsmallest(offset + limit, lines)
    return [(name, -count) for count, name in ordered[offset:]]
