"""Where in the world a request came from, as far as a file of networks can tell."""

from __future__ import annotations

from typing import Final, NamedTuple


class Place(NamedTuple):
    """A place. Empty text means unknown."""

    country: str  # ISO 3166-1 alpha-2
    region: str = ""  # English name of the largest subdivision
    city: str = ""  # English name


#: What ISO 3166-1 leaves to its users, and some of them send where they do not know a country.
UNKNOWN_COUNTRY: Final = "XX"
#: Nowhere known.
NO_PLACE: Final = Place("")


def nowhere(_: str) -> Place:
    """The look-up of those who have no file: every address is nowhere known."""
    return NO_PLACE
