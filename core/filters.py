r"""Filters: which visits, views and events of a site a question is about, and how a filter is written.

In an address a filter is a dimension and a value: `is` the value, `!` in front `is not`, a `*` in it any run of
characters as in a `Glob`, the same dimension again `any of` (with `!`: none of). A backslash in front (after the `!`)
takes the rest as it stands. The empty value is "none": no referrer, no page of entry, no such property.

What a filter is about says what it chooses; `docs/filters.md` has it in words, with cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from core.dimensions import OF_SESSIONS, Dimension
from core.errors import InvalidInput
from core.events import TrafficClass
from core.globs import Glob
from core.paths import normalise_path, normalise_pattern
from core.screens import UNKNOWN
from core.text import require_clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Values of one question, over all of its filters.
MAX_VALUES: Final = 100
_MAX_TEXT: Final = 1_024
_PROPERTY: Final = "property:"


class About(Enum):
    """What a filter looks at."""

    TRAFFIC = "traffic"  #: humans or bots
    VISIT = "visit"  #: the visit, by its own columns
    VIEW = "view"  #: a view; all filters of this kind look at one and the same
    EVENT = "event"  #: an event that is no view; all filters of this kind look at one and the same


class FilterDimension(StrEnum):
    """What can be filtered by, by its name in an address; a property has its own name after the colon."""

    PAGE = "page"
    GROUP = "group"  #: content group of the page
    ENTRY = "entry"
    EXIT = "exit"
    SOURCE = "source"  #: host of the referrer
    CHANNEL = "channel"
    UTM_SOURCE = "utm_source"
    UTM_MEDIUM = "utm_medium"
    UTM_CAMPAIGN = "utm_campaign"
    UTM_CONTENT = "utm_content"
    UTM_TERM = "utm_term"
    HOSTNAME = "hostname"
    COUNTRY = "country"
    REGION = "region"  #: DE/Berlin
    CITY = "city"  #: DE/Berlin/Berlin
    BROWSER = "browser"
    BROWSER_VERSION = "browser_version"  #: Firefox/133
    OS = "os"
    OS_VERSION = "os_version"  #: Windows/11
    DEVICE = "device"
    SCREEN = "screen"
    EVENT = "event"  #: name of a custom event, type of any other
    PROPERTY = "property"
    TRAFFIC = "traffic"  #: human, bot


_F = FilterDimension

#: The columns that a filter on a visit looks at; several are one text with slashes between them, without
#: those that are empty at the end.
OF_VISITS: Final[Mapping[FilterDimension, tuple[str, ...]]] = MappingProxyType(
    {
        _F.ENTRY: ("entry_path",),
        _F.EXIT: ("exit_path",),
        _F.SOURCE: OF_SESSIONS[Dimension.REFERRER],
        # A dimension that is added must become a filter too. The three of a campaign are filters each.
        **{
            _F(dimension.value): columns
            for dimension, columns in OF_SESSIONS.items()
            if dimension not in {Dimension.REFERRER, Dimension.UTM}
        },
    }
)

#: Their values are paths.
_PATHS: Final = frozenset({_F.PAGE, _F.ENTRY, _F.EXIT})
#: Where reports call what is not known `unknown`: either this word or nothing chooses it.
_UNKNOWN: Final = frozenset({_F.BROWSER, _F.OS, _F.DEVICE, _F.SCREEN})

_OTHERS: Final[Mapping[FilterDimension, About]] = MappingProxyType(
    {
        _F.PAGE: About.VIEW,
        _F.GROUP: About.VIEW,
        _F.EVENT: About.EVENT,
        _F.PROPERTY: About.EVENT,
        _F.TRAFFIC: About.TRAFFIC,
    }
)

_NOTHING: Final = ("", UNKNOWN)
_CLASSES: Final[Mapping[str, TrafficClass]] = MappingProxyType({"human": TrafficClass.HUMAN, "bot": TrafficClass.BOT})


class Choice(NamedTuple):
    """One value of a filter: a text to equal or, where `glob` is set, a pattern to fit."""

    text: str
    glob: bool = False

    def has(self, value: str) -> bool:
        """Whether the value is chosen."""
        return Glob(self.text).matches(value) if self.glob else value == self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Chooses what has one of the values of a dimension or, `negated`, none of them."""

    dimension: FilterDimension
    choices: tuple[Choice, ...]
    negated: bool = False
    key: str = ""  #: the property, for PROPERTY

    @property
    def about(self) -> About:
        """What it looks at."""
        return _OTHERS.get(self.dimension, About.VISIT)

    @property
    def name(self) -> str:
        """Its dimension as an address names it."""
        return f"{_PROPERTY}{self.key}" if self.dimension is _F.PROPERTY else self.dimension.value

    def matches(self, value: str) -> bool:
        """Whether the value of its dimension passes."""
        return any(choice.has(value) for choice in self.all_choices) is not self.negated

    @property
    def all_choices(self) -> tuple[Choice, ...]:
        """The choices, and those that they bring along: what is not known goes by two names."""
        if self.dimension in _UNKNOWN and any(choice.has(name) for choice in self.choices for name in _NOTHING):
            return tuple(dict.fromkeys((*self.choices, *map(Choice, _NOTHING))))
        return self.choices


def parse_filters(given: Iterable[tuple[str, str]]) -> tuple[Filter, ...]:
    """Return the filters that the (dimension, value) pairs of an address mean, in the order of first mention.

    Raises:
        InvalidInput: a dimension is not known or a value cannot be one; the message names it and says what can be.
    """
    found: dict[tuple[str, bool], list[Choice]] = {}
    for count, (name, text) in enumerate(given, start=1):
        if count > MAX_VALUES:
            raise InvalidInput(f"filters must have at most {MAX_VALUES} values in all")
        _dimension(name)
        negated = text.startswith("!")
        found.setdefault((name, negated), []).append(_choice(name, text.removeprefix("!")))
    filters = []
    for (name, negated), choices in found.items():
        dimension, key = _dimension(name)
        filters.append(Filter(dimension=dimension, key=key, negated=negated, choices=tuple(dict.fromkeys(choices))))
    return tuple(filters)


def write_filters(filters: Iterable[Filter]) -> list[tuple[str, str]]:
    """Return the (dimension, value) pairs that `parse_filters` reads as these filters."""
    return [(found.name, f"{'!' * found.negated}{_text_of(choice)}") for found in filters for choice in found.choices]


def classes_of(filters: Iterable[Filter], classes: tuple[TrafficClass, ...]) -> tuple[TrafficClass, ...]:
    """The traffic classes that filters leave: of the counted ones if they speak of traffic, else of `classes`."""
    of_traffic = [found for found in filters if found.about is About.TRAFFIC]
    if not of_traffic:
        return classes
    return tuple(kind for name, kind in _CLASSES.items() if all(found.matches(name) for found in of_traffic))


def _dimension(name: str) -> tuple[FilterDimension, str]:
    if name.startswith(_PROPERTY) and len(name) > len(_PROPERTY):
        key = name.removeprefix(_PROPERTY)
        require_clean(key, f"filter[{_PROPERTY}…]")
        if "\\" in key:
            raise InvalidInput(f"filter[{name[:64]}]: a property with a backslash in its name cannot be filtered by")
        return _F.PROPERTY, key
    try:
        dimension = FilterDimension(name)
    except ValueError:
        dimension = _F.PROPERTY
    if dimension is _F.PROPERTY:
        known = ", ".join([*(each for each in FilterDimension if each is not _F.PROPERTY), f"{_PROPERTY}NAME"])
        raise InvalidInput(f"filter[{name[:64]}]: there is no such dimension; there are {known}")
    return dimension, ""


def _choice(name: str, text: str) -> Choice:
    require_clean(text, f"filter[{name}]")
    if len(text) > _MAX_TEXT:
        raise InvalidInput(f"filter[{name}] must be at most {_MAX_TEXT} characters")
    choice = Choice(text[1:]) if text.startswith("\\") else Choice(text, glob="*" in text)
    if name in _PATHS and choice.text:
        path = normalise_pattern(choice.text) if choice.glob else normalise_path(choice.text)
        choice = Choice(path, glob=choice.glob and "*" in path)
    if name == _F.TRAFFIC and choice not in map(Choice, _CLASSES):
        raise InvalidInput(f"filter[{name}] must be one of {', '.join(_CLASSES)}")
    return choice


def _text_of(choice: Choice) -> str:
    if choice.glob:
        return choice.text
    return f"\\{choice.text}" if choice.text.startswith(("\\", "!")) or "*" in choice.text else choice.text
