"""The state of the page, which is its address: nothing else remembers what is shown.

One state has one address: defaults are left out, the order is fixed, and whoever follows another one is led to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from api.dashboard.choices import (
    COLUMNS,
    DevicesTab,
    EventsTab,
    PageMetric,
    PagesTab,
    PlacesTab,
    Sort,
    SourcesTab,
    View,
)
from core.comparisons import Against
from core.errors import InvalidInput
from core.filters import MAX_VALUES, Choice, Filter, FilterDimension, parse_filters, write_filters
from core.funnels import MOST
from core.intervals import Interval
from core.ranges import Days, Period
from core.text import is_clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from enum import StrEnum

__all__ = [
    "COLUMNS",
    "SAID",
    "DevicesTab",
    "EventsTab",
    "PageMetric",
    "PagesTab",
    "Parsed",
    "PlacesTab",
    "Sort",
    "SourcesTab",
    "State",
    "View",
    "parse",
]

#: What an address says once, to whoever comes from a form; it is no state.
SAID: Final = "saved"
#: The longest range of dates.
_MAX_DAYS: Final = 11_000
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_MAX_PAGE: Final = 1_000_000
_MAX_TEXT: Final = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the page shows.

    It is made canonical when it is made: filters of one dimension are one and stand in the order of the dimensions,
    dates have the say over a period, and what belongs to a dialog is there only while one is open. Without a site it is
    that of the table of sites, which has an order and pages too.
    """

    site: str = ""  #: domain, or UUID where several sites of a viewer have one domain
    period: Period = Period.MONTH
    days: Days | None = None
    compare: Against | None = Against.PREVIOUS
    metric: PageMetric = PageMetric.VISITORS
    interval: Interval | None = None
    filters: tuple[Filter, ...] = ()
    pages: PagesTab = PagesTab.TOP
    sources: SourcesTab = SourcesTab.SOURCES
    places: PlacesTab = PlacesTab.COUNTRIES
    devices: DevicesTab = DevicesTab.BROWSERS
    events: EventsTab = EventsTab.CUSTOM
    steps: tuple[str, ...] = ()  #: of a funnel, as `core.steps` reads them
    funnel: str = ""  #: name of a saved one
    view: View = View.REPORT
    of: str = ""  #: the value or the dimension that a dialog is about
    search: str = ""
    sort: Sort | None = None
    p: int = 1  #: page of a list
    bots: bool = False
    theme: str = ""  #: dark, light, or '' for the system's
    csv: bool = False

    def __post_init__(self) -> None:
        """Make it canonical."""
        canonical: dict[str, object] = {"site": self.site.strip().lower(), "filters": _merged(self.filters)}
        if self.days is not None:
            canonical["period"] = Period.MONTH
        if not self.view.is_dialog:
            canonical |= {"of": "", "search": ""}
        if not self.view.is_list and (self.site or self.view is not View.REPORT):
            canonical |= {"sort": None, "p": 1}
        for name, value in canonical.items():
            object.__setattr__(self, name, value)

    def with_(self, **changes: Any) -> State:  # noqa: ANN401 - fields of the state, each of its own type
        """The same but for these fields."""
        return _changed(self, **changes)

    def plus_filter(self, dimension: str, value: str, *, negated: bool = False) -> State:
        """The same, filtered by one more value as it stands; a list begins again at its first page.

        Raises:
            InvalidInput: there is no such dimension, or the value cannot be one.
        """
        made = parse_filters([(dimension, f"{'!' * negated}{value and chr(92)}{value}")])
        return replace(self, filters=(*self.filters, *made), p=1)

    def without_filter(self, filter_: Filter) -> State:
        """The same without this filter."""
        return replace(self, filters=tuple(each for each in self.filters if each != filter_), p=1)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of its address in their order, defaults left out."""
        found: list[tuple[str, str]] = []
        for field, parameter in _PARAMETERS.items():
            value = getattr(self, field)
            if value != parameter.default:
                found += parameter.write(value)
        return found

    def url(self, base: str = "/") -> str:
        """The address on this server; `base` ends with a slash."""
        query = _query(self)
        return f"{base}?{query}" if query else base


@lru_cache(8_192)  # a report has some two hundred addresses, most of them the same at the next look
def _changed(state: State, **changes: Any) -> State:  # noqa: ANN401 - as for `with_`
    return replace(state, **changes)


@lru_cache(8_192)
def _query(state: State) -> str:
    return urlencode(state.pairs(), quote_via=quote, safe="/:*!,")


class Parsed(NamedTuple):
    """What an address says."""

    state: State
    is_canonical: bool  #: whether it is the address of the state
    said: str  #: what was done just now, for whoever comes from a form; '' otherwise


class _Parameter(NamedTuple):
    """A field in the address. `read` takes all parameters and returns nothing where none of them will do."""

    default: object
    read: Callable[[list[tuple[str, str]]], Any]
    write: Callable[[Any], list[tuple[str, str]]]


def parse(pairs: Iterable[tuple[str, str]]) -> Parsed:
    """Return what the parameters of an address mean.

    Of one that is sent twice and can be there once the last counts. What is unknown is left out, and a bad value is as
    good as none.
    """
    given = list(pairs)
    sent = [(name, text) for name, text in given if name != SAID]
    read = {field: parameter.read(sent) for field, parameter in _PARAMETERS.items()}
    state = State(**{field: value for field, value in read.items() if value is not None or field == "compare"})
    return Parsed(state, is_canonical=sent == state.pairs(), said=dict(given).get(SAID, "")[:_MAX_TEXT])


def _merged(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Those of one dimension as one, in order."""
    found: dict[tuple[int, str, bool], set[Choice]] = {}
    for each in filters:
        found.setdefault((_PLACES[each.dimension], each.key, each.negated), set()).update(each.choices)
    return tuple(
        Filter(dimension=_DIMENSIONS[place], key=key, negated=negated, choices=tuple(sorted(choices)))
        for (place, key, negated), choices in sorted(found.items())
    )


def _single(name: str, read: Callable[[str], object], write: Callable[[Any], str], default: object = "") -> _Parameter:
    def last(pairs: list[tuple[str, str]]) -> object:
        text = dict(pairs).get(name, "")
        return read(text) if text else None

    return _Parameter(default, last, lambda value: [(name, write(value))])


def _word(name: str, kind: type[StrEnum], default: StrEnum | None) -> _Parameter:
    return _single(name, {word.value: word for word in kind}.get, str, default)


def _text(name: str) -> _Parameter:
    return _single(name, lambda text: text if len(text) <= _MAX_TEXT and is_clean(text) else None, str)


def _read_compare(pairs: list[tuple[str, str]]) -> Against | None:
    """What is compared with; nothing only where an address says so."""
    return _AGAINST.get(dict(pairs).get("compare", ""), Against.PREVIOUS)


def _write_compare(against: Against | None) -> list[tuple[str, str]]:
    return [("compare", next(word for word, each in _AGAINST.items() if each is against))]


def _sort(text: str) -> Sort | None:
    column = text.removeprefix("-")
    return Sort(column, descending=text.startswith("-")) if column in COLUMNS else None


def _number(text: str) -> int | None:
    is_short = text.isascii() and text.isdigit() and len(text) <= len(str(_MAX_PAGE))
    return int(text) if is_short and 0 < int(text) <= _MAX_PAGE else None


def _read_days(pairs: list[tuple[str, str]]) -> Days | None:
    last = dict(pairs)
    try:
        days = Days(first=date.fromisoformat(last["from"]), last=date.fromisoformat(last["to"]))
    except (KeyError, ValueError):
        return None
    in_reach = days.first.year >= _FIRST_YEAR and days.last.year <= _LAST_YEAR
    return days if in_reach and days.first <= days.last and len(days) <= _MAX_DAYS else None


def _write_days(days: Days) -> list[tuple[str, str]]:
    return [("from", days.first.isoformat()), ("to", days.last.isoformat())]


def _read_filters(pairs: list[tuple[str, str]]) -> tuple[Filter, ...]:
    return parse_filters([pair for pair in pairs if _is_filter(pair)][:MAX_VALUES])


def _is_filter(pair: tuple[str, str]) -> bool:
    try:
        parse_filters([pair])
    except InvalidInput:
        return False
    return True


def _read_steps(pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    steps = [text for name, text in pairs if name == "step" and 0 < len(text) <= _MAX_TEXT and is_clean(text)]
    return tuple(steps[:MOST])


_AGAINST: Final = {"previous": Against.PREVIOUS, "yoy": Against.YEAR, "none": None}
_DIMENSIONS: Final = tuple(FilterDimension)
_PLACES: Final = {dimension: place for place, dimension in enumerate(_DIMENSIONS)}
#: The fields in the order of the address.
_PARAMETERS: Final[Mapping[str, _Parameter]] = MappingProxyType(
    {
        "site": _text("site"),
        "period": _word("period", Period, Period.MONTH),
        "days": _Parameter(None, _read_days, _write_days),
        "compare": _Parameter(Against.PREVIOUS, _read_compare, _write_compare),
        "metric": _word("metric", PageMetric, PageMetric.VISITORS),
        "interval": _word("interval", Interval, None),
        "filters": _Parameter((), _read_filters, write_filters),
        "pages": _word("pages", PagesTab, PagesTab.TOP),
        "sources": _word("sources", SourcesTab, SourcesTab.SOURCES),
        "places": _word("places", PlacesTab, PlacesTab.COUNTRIES),
        "devices": _word("devices", DevicesTab, DevicesTab.BROWSERS),
        "events": _word("events", EventsTab, EventsTab.CUSTOM),
        "steps": _Parameter((), _read_steps, lambda steps: [("step", step) for step in steps]),
        "funnel": _text("funnel"),
        "view": _word("view", View, View.REPORT),
        "of": _text("of"),
        "search": _text("search"),
        "sort": _single("sort", _sort, lambda sort: sort.text, None),
        "p": _single("p", _number, str, 1),
        "bots": _single("bots", {"1": True}.get, lambda _: "1", default=False),
        "theme": _single("theme", {"dark": "dark", "light": "light"}.get, str),
        "csv": _single("format", {"csv": True}.get, lambda _: "csv", default=False),
    }
)
