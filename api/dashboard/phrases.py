"""Filters in words, as chips and the filter dialog have them."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from core.filters import FilterDimension

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from core.filters import Filter

_F = FilterDimension

#: What each dimension is called, in the order in which they are offered.
DIMENSIONS: Final[Mapping[FilterDimension, str]] = MappingProxyType(
    {
        _F.PAGE: "Page",
        _F.GROUP: "Content group",
        _F.ENTRY: "Entry page",
        _F.EXIT: "Exit page",
        _F.SOURCE: "Source",
        _F.CHANNEL: "Channel",
        _F.UTM_CAMPAIGN: "Campaign",
        _F.UTM_SOURCE: "Campaign source",
        _F.UTM_MEDIUM: "Campaign medium",
        _F.UTM_CONTENT: "Campaign content",
        _F.UTM_TERM: "Campaign term",
        _F.COUNTRY: "Country",
        _F.REGION: "Region",
        _F.CITY: "City",
        _F.BROWSER: "Browser",
        _F.BROWSER_VERSION: "Browser version",
        _F.OS: "System",
        _F.OS_VERSION: "System version",
        _F.DEVICE: "Device",
        _F.SCREEN: "Screen",
        _F.EVENT: "Event",
        _F.PROPERTY: "Property",
        _F.HOSTNAME: "Host",
        _F.TRAFFIC: "Traffic",
    }
)
#: Values of a filter that are named; of more, how many there are besides.
_NAMED: Final = 3


class How(StrEnum):
    """How a filter holds a value against its own."""

    IS = "is"
    IS_NOT = "not"
    MATCHES = "matches"
    MATCHES_NOT = "matches-not"

    @property
    def words(self) -> str:
        """As a sentence has it."""
        return _WORDS[self]

    @property
    def negated(self) -> bool:
        """Whether it leaves out what has a value."""
        return self in {How.IS_NOT, How.MATCHES_NOT}

    @property
    def matches(self) -> bool:
        """Whether its values are patterns."""
        return self in {How.MATCHES, How.MATCHES_NOT}


_WORDS: Final[Mapping[How, str]] = MappingProxyType(
    {
        How.IS: "is",
        How.IS_NOT: "is not",
        How.MATCHES: "matches",
        How.MATCHES_NOT: "does not match",
    }
)


class Phrase(NamedTuple):
    """A filter in words."""

    subject: str
    how: str
    values: str

    def __str__(self) -> str:
        return f"{self.subject} {self.how} {self.values}"


def how_of(given: Filter) -> How:
    """How the filter holds values against its own; with a pattern among these, all count as such."""
    if any(choice.glob for choice in given.choices):
        return How.MATCHES_NOT if given.negated else How.MATCHES
    return How.IS_NOT if given.negated else How.IS


def phrase(given: Filter, name: Callable[[FilterDimension, str], str]) -> Phrase:
    """The filter in words.

    Args:
        given: the filter.
        name: what a value of the dimension is called.
    """
    subject = f"{DIMENSIONS[given.dimension]} {given.key}".strip()
    values = [choice.text if choice.glob else name(given.dimension, choice.text) for choice in given.choices]
    return Phrase(subject, how_of(given).words, _listed(values))


def _listed(values: Sequence[str]) -> str:
    if len(values) > _NAMED:
        values = [*values[: _NAMED - 1], f"{len(values) - _NAMED + 1} more"]
    *others, last = values
    return f"{', '.join(others)} or {last}" if others else last
