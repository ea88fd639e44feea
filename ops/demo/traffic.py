"""How many visits begin in an hour: by growth, season, day of the week, time of day, and what happened that day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from math import cos, exp, tau
from statistics import fmean
from typing import TYPE_CHECKING, Final, NamedTuple

from core.spans import DAY, HOUR, day_of
from ops.demo.world import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.demo.world import Country

_WEEKDAYS: Final = (1.06, 1.12, 1.12, 1.08, 1.0, 0.62, 0.6)
#: By the hour of local clocks.
_HOURS: Final = (
    *(0.25, 0.15, 0.1, 0.1, 0.12, 0.2, 0.45, 0.8, 1.3, 1.7, 1.85, 1.75),
    *(1.5, 1.55, 1.75, 1.75, 1.65, 1.4, 1.2, 1.2, 1.25, 1.15, 0.85, 0.5),
)
#: From the first day to the last.
_GROWTH: Final = (0.6, 1.35)
#: Of both, over whole weeks.
_AVERAGE: Final = fmean(_GROWTH) * fmean(_WEEKDAYS)
_SEASON: Final = 0.12
_HOLIDAYS: Final = 0.45
#: Days before the last one on which the front page of another site links to an article, from this hour (UTC) on.
FRONT_PAGE_DAYS: Final = 9
_FRONT_PAGE_HOUR: Final = 14
#: In visits of an ordinary day; how long, in hours, until only a third of them comes.
_FRONT_PAGE: Final = 1.5
_FRONT_PAGE_FADES: Final = 9
#: Every second Tuesday at 8 UTC.
_NEWSLETTER: Final = 0.16
_NEWSLETTER_HOUR: Final = 8
_NEWSLETTER_FADES: Final = 6
#: Share of an ordinary day, from 20 March to 10 April.
_ADVERTS: Final = 0.22
_ADVERT_DAYS: Final = ((3, 20), (4, 10))
_TUESDAY: Final = 1


class Stream(Enum):
    """Why visits come."""

    ORDINARY = "ordinary"
    NEWSLETTER = "newsletter"
    ADVERT = "advert"
    FRONT_PAGE = "front page"


class Traffic(NamedTuple):
    """Visits from the day `first` to `last` (starts of UTC days, ms), about `visits` of them on ordinary days."""

    first: int
    last: int
    visits: float

    @property
    def front_page(self) -> int:
        """The start (ms) of the UTC day of the front page."""
        return self.last - FRONT_PAGE_DAYS * DAY

    def in_hour(self, hour: int) -> dict[Stream, float]:
        """How many visits begin, on average, in the hour that begins at `hour` (ms), by why."""
        day = self._day(hour)
        at = datetime.fromtimestamp(hour / 1_000, UTC)
        found = {Stream.ORDINARY: day * share_of(hour)}
        if is_newsletter_day(at):
            found[Stream.NEWSLETTER] = day * _NEWSLETTER * _fading(at.hour - _NEWSLETTER_HOUR, _NEWSLETTER_FADES)
        if _ADVERT_DAYS[0] <= (at.month, at.day) <= _ADVERT_DAYS[1]:
            found[Stream.ADVERT] = day * _ADVERTS * share_of(hour)
        since = (hour - self.front_page) // HOUR - _FRONT_PAGE_HOUR
        if since < 3 * 24:
            found[Stream.FRONT_PAGE] = day * _FRONT_PAGE * _fading(since, _FRONT_PAGE_FADES)
        return {stream: count for stream, count in found.items() if count}

    def _day(self, at: int) -> float:
        """Visits of an ordinary day."""
        days = max((self.last - self.first) // DAY, 1)
        through = (day_of(at) - self.first) / DAY / days
        date = datetime.fromtimestamp(at / 1_000, UTC)
        low, high = _GROWTH
        season = 1 + _SEASON * cos(tau * (date.timetuple().tm_yday - 15) / 365)
        holidays = _HOLIDAYS if (date.month, date.day) >= (12, 24) or (date.month, date.day) == (1, 1) else 1
        factor = (low + (high - low) * through) * season * holidays * _WEEKDAYS[date.weekday()]
        return self.visits / (days + 1) * factor / _AVERAGE


def share_of(hour: int, countries: Sequence[Country] = COUNTRIES) -> float:
    """The share of a day's visits that begin in the hour, of all countries together."""
    weights = awake(hour, countries)
    return sum(weights) / sum(country.weight for country in countries) / sum(_HOURS)


def awake(hour: int, countries: Sequence[Country] = COUNTRIES) -> list[float]:
    """The weights of the countries in the hour, by what their clocks show."""
    utc = hour // HOUR % 24
    return [country.weight * _HOURS[(utc + country.hours) % 24] for country in countries]


def is_newsletter_day(at: datetime) -> bool:
    """Whether it is a second Tuesday."""
    return at.weekday() == _TUESDAY and at.date().isocalendar().week % 2 == 0


def newsletters(first: int, last: int) -> list[int]:
    """The starts (ms) of the days with a newsletter."""
    days = range(first, last + 1, DAY)
    return [day for day in days if is_newsletter_day(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=day))]


def _fading(hours: int, fades: float) -> float:
    """The share of what comes in all that comes in this hour after it began."""
    if hours < 0:
        return 0.0
    return exp(-hours / fades) * (1 - exp(-1 / fades))
