"""The panels: the first rows of what the report is broken down by. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from api.dashboard import charts, narrowing, numbers
from api.dashboard.choices import DevicesTab, EventsTab, PagesTab, PlacesTab, SourcesTab, View
from api.dashboard.labels import aside, label, split
from api.dashboard.metrics import change
from api.dashboard.tabs import PANELS, Tab, tab_of
from core.errors import InvalidInput
from core.metrics import value_of
from core.subjects import Column, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import StrEnum

    from babel import Locale
    from markupsafe import Markup

    from aggregations.tables import Breakdown, Row
    from api.dashboard.numbers import Change
    from api.dashboard.state import State
    from core.sites import Site

#: Rows of a panel, and how many of them a phone shows.
ROWS: Final = 9
#: What each panel's tabs are called, in their order.
_TABS: Final[Mapping[StrEnum, str]] = MappingProxyType(
    {
        PagesTab.TOP: "Top",
        PagesTab.ENTRY: "Entry",
        PagesTab.EXIT: "Exit",
        PagesTab.GROUPS: "Groups",
        PagesTab.MISSING: "Not found",
        SourcesTab.SOURCES: "Sources",
        SourcesTab.CHANNELS: "Channels",
        SourcesTab.CAMPAIGNS: "Campaigns",
        PlacesTab.COUNTRIES: "Countries",
        PlacesTab.REGIONS: "Regions",
        PlacesTab.CITIES: "Cities",
        DevicesTab.BROWSERS: "Browser",
        DevicesTab.SYSTEMS: "System",
        DevicesTab.TYPES: "Type",
        DevicesTab.SCREENS: "Screen",
        EventsTab.CUSTOM: "Custom",
        EventsTab.LINKS: "Links",
        EventsTab.DOWNLOADS: "Downloads",
        EventsTab.SCROLL: "Scroll",
    }
)


class Words(NamedTuple):
    """What rows of a subject are called: one, several, and why there may be none."""

    one: str
    many: str
    none: str = ""


_S = Subject
WORDS: Final[Mapping[Subject, Words]] = MappingProxyType(
    {
        _S.PAGE: Words("Page", "pages"),
        _S.ENTRY: Words("Entry page", "entry pages"),
        _S.EXIT: Words("Exit page", "exit pages"),
        _S.GROUP: Words("Content group", "content groups", "The settings of the site say which pages make one."),
        _S.NOT_FOUND: Words("Page not found", "pages not found", "They are views that were sent with the status 404."),
        _S.SOURCE: Words("Source", "sources"),
        _S.CHANNEL: Words("Channel", "channels"),
        _S.CAMPAIGN: Words("Campaign", "campaigns", "They come from utm_ parameters."),
        _S.COUNTRY: Words("Country", "countries"),
        _S.REGION: Words("Region", "regions"),
        _S.CITY: Words("City", "cities"),
        _S.BROWSER: Words("Browser", "browsers"),
        _S.OS: Words("System", "systems"),
        _S.DEVICE: Words("Type", "types of devices"),
        _S.SCREEN: Words("Screen", "screens"),
        _S.EVENT: Words("Event", "events", "They are what pages send by themselves, as footfall(\u2026) does."),
        _S.LINK: Words("Link", "links", "They are clicks that lead to other sites."),
        _S.DOWNLOAD: Words("Download", "downloads", "They are clicks on files."),
        _S.SCROLL: Words("Depth", "depths", "They are sent at 25, 50 and 75 % of a page."),
    }
)
#: What the number of a row is.
COLUMNS: Final[Mapping[Column, str]] = MappingProxyType(
    {
        Column.NAME: "Name",
        Column.VISITORS: "Visitors",
        Column.VISITS: "Visits",
        Column.PAGEVIEWS: "Page views",
        Column.COUNT: "Count",
        Column.BOUNCE: "Bounce rate",
        Column.DURATION: "Visit duration",
        Column.CHANGE: "Change",
    }
)


class Line(NamedTuple):
    """A row."""

    head: str  #: of its name; gives way where there is no room
    tail: str  #: of a long one; does not
    aside: str
    only: State | None  #: the report of it alone; None where there is no such filter
    without: State | None
    page: str  #: address of the page that it is about, '' for none
    number: str
    exact: str
    share: str
    bar: Markup
    change: Change | None

    @property
    def name(self) -> str:
        """All of it."""
        return f"{self.head}{self.tail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel with one of its tabs open."""

    view: View
    title: str
    tabs: Sequence[Tab]
    column: str  #: what its rows are
    number: str  #: what their number is
    lines: Sequence[Line]
    footer: str  #: of the link to all rows
    every: State  #: where they are
    csv: State
    empty: str  #: why there is no row, '' where there are some


def panel(  # noqa: PLR0913 - what was found, and for whom
    view: View, found: Breakdown, state: State, locale: Locale, *, site: Site, span: str
) -> Panel:
    """Put a panel together.

    Args:
        view: which one.
        found: its rows.
        state: what is shown.
        locale: of the viewer.
        site: whose pages these are.
        span: what the days are called, "these 30 days".
    """
    words, subject = WORDS[found.subject], found.subject
    metric = subject.metric.metric
    whole, most = value_of(metric, found.totals), max((value_of(metric, row.totals) for row in found.rows), default=0)
    every = state.with_(view=view)
    rows = words.one.lower() if found.count == 1 else words.many
    return Panel(
        view=view,
        title=view.value.capitalize(),
        tabs=[Tab(_TABS[tab], state.with_(**{view.value: tab}), tab is tab_of(state, view)) for tab in PANELS[view]],
        column=words.one,
        number=COLUMNS[subject.metric],
        lines=[line(subject, row, state, locale, site=site, whole=whole, most=most) for row in found.rows],
        footer=f"All {numbers.exact(found.count, locale)} {rows}",
        every=every,
        csv=every.with_(csv=True),
        empty="" if found.rows else f"No {words.many} in {span}. {words.none}".rstrip(),
    )


def line(  # noqa: PLR0913 - a row, and what it is a part of
    subject: Subject, row: Row, state: State, locale: Locale, *, site: Site, whole: float, most: float
) -> Line:
    """One row: its share is of the `whole`, its bar of the row that has the `most`."""
    metric = subject.metric.metric
    value = int(value_of(metric, row.totals))
    head, tail = split(label(subject, row.names, locale))
    only, without = _narrowed(state, subject, row.names)
    path = narrowing.page_of(subject, row.names)
    return Line(
        head=head,
        tail=tail,
        aside=aside(subject, row.names, locale),
        only=only,
        without=without,
        page=f"https://{site.domain}{quote(path, safe=_SAFE)}" if path.startswith("/") else "",
        number=numbers.count(value, locale),
        exact=numbers.exact(value, locale),
        share=numbers.percent(value * 100 / whole, locale) if whole else "",
        bar=charts.share(value / most if most else 0),
        change=None if row.before is None else change(metric, value, value_of(metric, row.before), locale),
    )


#: What stands for itself in a path.
_SAFE: Final = "/:@!$&'()*+,;=-._~%"


@lru_cache(4_096)
def _narrowed(state: State, subject: Subject, names: tuple[str, ...]) -> tuple[State | None, State | None]:
    try:
        return narrowing.only(state, subject, names), narrowing.without(state, subject, names)
    except InvalidInput:
        return None, None
