"""What a site's report can be broken down by, and what is known of each row."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from core.dimensions import Dimension
from core.metrics import Metric

if TYPE_CHECKING:
    from collections.abc import Mapping


class Column(StrEnum):
    """What rows show, and may be put in order by."""

    NAME = "name"
    VISITORS = "visitors"
    VISITS = "visits"
    PAGEVIEWS = "pageviews"
    COUNT = "count"  #: of events; in `Totals`, their `views`
    BOUNCE = "bounce"
    DURATION = "duration"
    CHANGE = "change"  #: of the subject's metric, against the other range

    @property
    def metric(self) -> Metric:
        """What of a row's totals it shows.

        Raises:
            KeyError: it is the name or the change.
        """
        return _METRICS[self]


class Subject(StrEnum):
    """What a row is. The names of a row are one text, or those that `names` says."""

    PAGE = "page"  #: path
    ENTRY = "entry"  #: path of a visit's first view
    EXIT = "exit"  #: path of a visit's last view
    GROUP = "group"  #: content group, as it is configured now; pages in none are in no row
    NOT_FOUND = "not_found"  #: path whose view had the status 404
    SOURCE = "source"  #: host of the referrer, '' for none
    CHANNEL = "channel"
    CAMPAIGN = "campaign"  #: visits without any are in no row
    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    BROWSER = "browser"
    OS = "os"
    DEVICE = "device"
    SCREEN = "screen"
    EVENT = "event"  #: name of a custom event, those of downloads too
    LINK = "link"  #: address, without its query, of a link elsewhere that was clicked; '' where none was sent
    DOWNLOAD = "download"  #: address, without its query, of a file; '' where none was sent
    SCROLL = "scroll"  #: scroll_25, scroll_50, scroll_75

    @property
    def metric(self) -> Column:
        """What a list of them is about: its order, and what shares are shares of."""
        return self.columns[0]

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is known of each row, first what it is ordered by; all else of its totals is 0.

        What would need more than sums is not among them: who enters by a page, or visits a group.
        """
        return _COLUMNS.get(self, _OF_VISITS)

    @property
    def names(self) -> tuple[str, ...]:
        """What each name of a row is."""
        return _NAMES.get(self, (self.value,))

    @property
    def dimension(self) -> Dimension | None:
        """The dimension of sessions whose values are the rows, if it has one."""
        return _DIMENSIONS.get(self)


_S, _C = Subject, Column

_METRICS: Final[Mapping[Column, Metric]] = MappingProxyType(
    {
        _C.VISITORS: Metric.UNIQUE_VISITORS,
        _C.VISITS: Metric.VISITS,
        _C.PAGEVIEWS: Metric.PAGEVIEWS,
        _C.COUNT: Metric.PAGEVIEWS,
        _C.BOUNCE: Metric.BOUNCE_RATE,
        _C.DURATION: Metric.AVG_SESSION_DURATION,
    }
)

#: A visitor of a page saw it, one of a source came from there on the first sight of the day: so these add up.
_OF_VISITS: Final = (_C.VISITORS, _C.VISITS, _C.PAGEVIEWS, _C.BOUNCE, _C.DURATION)
_OF_EVENTS: Final = (_C.COUNT, _C.VISITORS)
_COLUMNS: Final[Mapping[Subject, tuple[Column, ...]]] = MappingProxyType(
    {
        _S.ENTRY: (_C.VISITS, _C.BOUNCE, _C.DURATION),
        _S.EXIT: (_C.VISITS,),
        _S.GROUP: (_C.PAGEVIEWS, _C.BOUNCE, _C.DURATION),
        _S.NOT_FOUND: (_C.PAGEVIEWS, _C.VISITORS),
        _S.EVENT: _OF_EVENTS,
        _S.LINK: _OF_EVENTS,
        _S.DOWNLOAD: _OF_EVENTS,
        _S.SCROLL: (_C.COUNT,),
    }
)

_NAMES: Final[Mapping[Subject, tuple[str, ...]]] = MappingProxyType(
    {
        _S.CAMPAIGN: ("utm_source", "utm_medium", "utm_campaign"),
        _S.REGION: ("country", "region"),
        _S.CITY: ("country", "region", "city"),
    }
)

_DIMENSIONS: Final[Mapping[Subject, Dimension]] = MappingProxyType(
    {
        _S.SOURCE: Dimension.REFERRER,
        _S.CHANNEL: Dimension.CHANNEL,
        _S.CAMPAIGN: Dimension.UTM,
        _S.COUNTRY: Dimension.COUNTRY,
        _S.REGION: Dimension.REGION,
        _S.CITY: Dimension.CITY,
        _S.BROWSER: Dimension.BROWSER,
        _S.OS: Dimension.OS,
        _S.DEVICE: Dimension.DEVICE,
        _S.SCREEN: Dimension.SCREEN,
    }
)
