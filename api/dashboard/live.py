"""The live strip: who is here now, the last half hour, and where they are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from api.dashboard import charts, narrowing, numbers
from api.dashboard.choices import View
from api.dashboard.labels import label
from core.ranges import wall_at
from core.realtime import LiveList
from core.spans import MINUTE
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babel import Locale
    from markupsafe import Markup

    from api.dashboard.state import State
    from core.realtime import RealtimeView
    from core.sites import Site

#: The window: the half hour that the API calls active.
WINDOW: Final = 30 * MINUTE
#: Rows of a list on a report, and on a screen of its own.
ROWS: Final = 4
WALL_ROWS: Final = 10
#: A list keeps its order for so long (seconds) once it has changed.
_HELD: Final = 5.0
#: The last letters of a long path never give way.
_TAIL: Final = 14

_LISTS: Final[Mapping[LiveList, tuple[str, Subject]]] = MappingProxyType(
    {
        LiveList.PAGES: ("Pages", Subject.PAGE),
        LiveList.SOURCES: ("Sources", Subject.SOURCE),
        LiveList.COUNTRIES: ("Countries", Subject.COUNTRY),
        LiveList.DEVICES: ("Devices", Subject.DEVICE),
        LiveList.EVENTS: ("Events", Subject.EVENT),
    }
)
#: What a list says while it has no rows.
_NONE: Final[Mapping[LiveList, str]] = MappingProxyType(
    {name: "No custom events now" if name is LiveList.EVENTS else "Nobody now" for name in LiveList}
)

#: What is shown of a list: values and how often.
Counted = tuple[tuple[str, int], ...]


class Row(NamedTuple):
    """A row of a list."""

    head: str  #: of the name, which gives way where there is no room
    tail: str  #: of the name, which does not
    number: str
    share: str  #: of the bar behind it, percent of the longest
    url: str  #: of the report of this row alone, '' if the viewer may not narrow it

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.head}{self.tail}"


class Listed(NamedTuple):
    """A list."""

    name: LiveList
    title: str
    rows: tuple[Row, ...]
    none: str  #: said where there are no rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What the strip shows. `is_wall` says whether it has the screen to itself."""

    here: str
    active: str
    bars: Markup
    lists: tuple[Listed, ...]
    title: str  #: of the document
    other: str  #: address of the same on a screen of its own, or of the report again
    is_wall: bool

    @property
    def has_links(self) -> bool:
        """Whether keys reach into the lists by themselves."""
        return any(row.url for listed in self.lists for row in listed.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Whose strip it is, and who looks at it."""

    site: Site
    state: State
    base: str
    locale: Locale
    may_filter: bool = True

    @property
    def rows(self) -> int:
        """Rows of a list."""
        return WALL_ROWS if self.is_wall else ROWS

    @property
    def is_wall(self) -> bool:
        """Whether the strip has the screen to itself."""
        return self.state.view is View.LIVE

    @property
    def stream(self) -> str:
        """The address of what says it again when it has changed."""
        return self.state.url(f"{self.base}live")


class Orders:
    """Which rows a list shows in which order, for one client: no row jumps away from a hand that reaches for it."""

    def __init__(self) -> None:
        self._orders: dict[LiveList, tuple[float, tuple[str, ...]]] = {}

    def arranged(self, lists: Mapping[LiveList, Counted], *, rows: int, at: float) -> dict[LiveList, Counted]:
        """Return the lists, cut to so many rows, in an order that changes at most every five seconds.

        In between rows leave when their last visitor does, and new ones come where there is room below.

        Args:
            lists: in their own order.
            rows: how many there may be.
            at: the time in seconds, from any start.
        """
        return {name: self._arranged(name, lists.get(name, ()), rows, at) for name in LiveList}

    def _arranged(self, name: LiveList, counted: Counted, rows: int, at: float) -> Counted:
        since, order = self._orders.get(name, (at - _HELD, ()))
        counts, best = dict(counted), tuple(value for value, _ in counted[:rows])
        kept = tuple(value for value in order if value in counts)
        kept += tuple(value for value in best if value not in kept)[: max(0, rows - len(kept))]
        if kept != best and at - since >= _HELD:
            kept, since = best, at
        self._orders[name] = since, kept
        return tuple((value, counts[value]) for value in kept)


def strip(view: RealtimeView, lists: Mapping[LiveList, Counted], look: Look) -> Strip:
    """Return what is shown of a window, its lists as they were arranged."""
    here, active = (numbers.count(number, look.locale) for number in (view.here, view.active))
    return Strip(
        here=here,
        active=f"{active} visitor{'' if view.active == 1 else 's'} in 30 minutes",
        bars=charts.bars([minute.views for minute in view.minutes], title=_minutes(view, look)),
        lists=tuple(_listed(name, lists.get(name, ()), look) for name in LiveList),
        title=f"{here} now · {look.site.domain}",
        other=look.state.with_(view=View.REPORT if look.is_wall else View.LIVE).url(look.base),
        is_wall=look.is_wall,
    )


def time_of_day(now_ms: int, site: Site) -> str:
    """The time of day on the site's clocks, `14:02:31`."""
    return wall_at(now_ms, ZoneInfo(site.time_zone)).strftime("%H:%M:%S")


def split(name: str) -> tuple[str, str]:
    """The name in two: what may give way to an ellipsis, and what may not."""
    return (name[:-_TAIL], name[-_TAIL:]) if len(name) > 2 * _TAIL else (name, "")


def _listed(name: LiveList, counted: Counted, look: Look) -> Listed:
    title, subject = _LISTS[name]
    most = max((count for _, count in counted), default=1)
    return Listed(name, title, tuple(_row(subject, value, count, most, look) for value, count in counted), _NONE[name])


def _row(subject: Subject, value: str, count: int, most: int, look: Look) -> Row:
    head, tail = split(label(subject, (value,), look.locale))
    url = f"{narrowing.only(look.state, subject, (value,)).url(look.base)}#report" if look.may_filter else ""
    return Row(head, tail, numbers.count(count, look.locale), f"{count * 100 / most:.1f}".removesuffix(".0"), url)


def _minutes(view: RealtimeView, look: Look) -> str:
    """The bars in words."""
    views = [minute.views for minute in view.minutes]
    if not any(views):
        return "No page views in the last 30 minutes"
    most = max(view.minutes, key=lambda minute: minute.views)
    moment = wall_at(most.start, ZoneInfo(look.site.time_zone))
    whole, peak, last = (numbers.exact(number, look.locale) for number in (sum(views), most.views, views[-1]))
    return (
        f"Page views in each of the last 30 minutes: {whole} in all, the most {peak} in the minute from"
        f" {moment:%H:%M}, {last} in the one that runs"
    )
