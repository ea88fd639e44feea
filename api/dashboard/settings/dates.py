"""Days and moments as settings show them: in the site's time zone, in the viewer's language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from api.dashboard import numbers
from core.ranges import date_at
from core.spans import SECOND

if TYPE_CHECKING:
    from datetime import date

    from babel import Locale

    from core.sites import Site


class Dates(NamedTuple):
    """How dates are shown. Instants are ms since 1970 UTC."""

    locale: Locale
    zone: ZoneInfo
    today: date

    @classmethod
    def of(cls, site: Site | None, locale: Locale, now: int) -> Dates:
        """For a site, or in UTC for none."""
        zone = ZoneInfo(site.time_zone if site else "UTC")
        return cls(locale, zone, date_at(now, zone))

    def day(self, day: date) -> str:
        """A date, with its day of the week."""
        return numbers.day(day, self.locale, today=self.today, weekday=True)

    def at(self, ms: int) -> str:
        """The date of an instant."""
        return numbers.day(date_at(ms, self.zone), self.locale, today=self.today)

    def until(self, ms: int) -> str:
        """The last day before an instant."""
        return self.at(ms - 1)

    def moment(self, ms: int) -> str:
        """An instant: today's and yesterday's by their time, others by their date."""
        wall = datetime.fromtimestamp(ms // SECOND, self.zone)
        time = numbers.hour(wall, self.locale)
        words = {self.today: f"today, {time}", self.today - timedelta(days=1): f"yesterday, {time}"}
        return words.get(wall.date()) or f"{self.at(ms)}, {time}"
