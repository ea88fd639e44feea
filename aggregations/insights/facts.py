"""The numbers that insights are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from aggregations.insights.evidence import dispersion
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

#: Days of the week that insights are about, and of those before it.
WEEK: Final = 7
#: What visits are told apart by, to see whether others come than usual.
TRAITS: Final = (Subject.COUNTRY, Subject.DEVICE, Subject.BROWSER, Subject.CHANNEL)


class Hour(NamedTuple):
    """The hits of an hour: from `begin` to before `end`, ms since 1970 UTC; clocks show `clock` when it begins."""

    begin: int
    end: int
    day: date
    clock: int
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days of the site's time zone, from `begin` to before `end`, ms since 1970 UTC.

    Of an earlier week, pages and sources are those that the week in question has too.
    """

    first: date
    begin: int
    end: int
    days: tuple[int, ...]  #: hits of each
    visits: int
    pages: Mapping[str, int]  #: hits by path, the most
    page_count: int  #: of all paths, in `pages` or not
    sources: Mapping[str, int]  #: visits by the host that sent them, '' for none, the most
    source_count: int
    audience: Mapping[Subject, Mapping[str, int]]  #: visits by each of `TRAITS`

    @property
    def hits(self) -> int:
        """All hits."""
        return sum(self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a site at the end of a day.

    `weeks` are the one that ends with the day, and those before it, the latest first, as far as all of their days are
    known. `hours` are those that end by `end` (ms since 1970 UTC), which may be a little after the day.
    """

    day: date
    zone: str
    weeks: tuple[Week, ...]
    hours: tuple[Hour, ...]
    end: int

    @property
    def week(self) -> Week:
        """The one in question."""
        return self.weeks[0]

    @property
    def earlier(self) -> tuple[Week, ...]:
        """Those before it."""
        return self.weeks[1:]

    @property
    def dispersion(self) -> float:
        """How much its days usually vary: Mondays among each other and so on; of a single week, all its days."""
        days = [week.days for week in self.earlier]
        return dispersion(zip(*days, strict=True) if len(days) > 1 else days)
