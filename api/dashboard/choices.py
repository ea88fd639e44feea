"""What can be chosen on the page, by the words of its address: tabs, metrics, dialogs and orders."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from core.metrics import Metric

if TYPE_CHECKING:
    from collections.abc import Mapping


class PagesTab(StrEnum):
    """The tabs of the panel of pages."""

    TOP = "top"
    ENTRY = "entry"
    EXIT = "exit"
    GROUPS = "groups"
    MISSING = "missing"  #: not found


class SourcesTab(StrEnum):
    """The tabs of the panel of sources."""

    SOURCES = "sources"
    CHANNELS = "channels"
    CAMPAIGNS = "campaigns"


class PlacesTab(StrEnum):
    """The tabs of the panel of places."""

    COUNTRIES = "countries"
    REGIONS = "regions"
    CITIES = "cities"


class DevicesTab(StrEnum):
    """The tabs of the panel of devices."""

    BROWSERS = "browsers"
    SYSTEMS = "systems"
    TYPES = "types"
    SCREENS = "screens"


class EventsTab(StrEnum):
    """The tabs of the panel of events."""

    CUSTOM = "custom"
    LINKS = "links"
    DOWNLOADS = "downloads"
    SCROLL = "scroll"


class View(StrEnum):
    """What is open: the report itself, the strip on the whole screen, or a dialog over the report."""

    REPORT = ""
    LIVE = "live"
    PAGES = "pages"
    SOURCES = "sources"
    PLACES = "places"
    DEVICES = "devices"
    EVENTS = "events"
    FLOW = "flow"
    FILTER = "filter"
    FUNNEL = "funnel"
    SHARE = "share"
    HELP = "help"
    NOTE = "note"

    @property
    def is_dialog(self) -> bool:
        """Whether it lies over the report."""
        return self not in {View.REPORT, View.LIVE}

    @property
    def is_list(self) -> bool:
        """Whether it lists all rows of a panel, some at a time."""
        return self in {View.PAGES, View.SOURCES, View.PLACES, View.DEVICES, View.EVENTS}


class PageMetric(StrEnum):
    """The five numbers."""

    VISITORS = "visitors"
    VISITS = "visits"
    PAGEVIEWS = "pageviews"
    BOUNCE = "bounce"
    DURATION = "duration"

    @property
    def metric(self) -> Metric:
        """What it counts."""
        return _METRICS[self]


_METRICS: Final[Mapping[PageMetric, Metric]] = MappingProxyType(
    {
        PageMetric.VISITORS: Metric.UNIQUE_VISITORS,
        PageMetric.VISITS: Metric.VISITS,
        PageMetric.PAGEVIEWS: Metric.PAGEVIEWS,
        PageMetric.BOUNCE: Metric.BOUNCE_RATE,
        PageMetric.DURATION: Metric.AVG_SESSION_DURATION,
    }
)

#: The columns that lists can be in the order of.
COLUMNS: Final = ("name", *(metric.value for metric in PageMetric), "change", "count")


class Sort(NamedTuple):
    """The order of a list."""

    column: str  #: one of `COLUMNS`
    descending: bool

    @property
    def text(self) -> str:
        """The order as an address has it, `-bounce`."""
        return f"{'-' * self.descending}{self.column}"
