"""Segments, goals and funnels by their names, in the address of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from api.dialects.tinytrail.filters import filters
from core.errors import InvalidInput
from core.steps import parse_step
from core.text import require_clean
from storage.definitions import FUNNELS, GOALS, SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg_pool import ConnectionPool

    from core.filters import Filter
    from core.steps import Step
    from storage.definitions import Definitions

T = TypeVar("T")

#: Segments of one report.
_MOST: Final = 10


class Named(Protocol):
    """Knows what is named for a site. Every method blocks, and raises `InvalidInput` of a name that is none."""

    def segments(self, site: int, texts: Sequence[str]) -> tuple[Filter, ...]:
        """The filters of all these segments."""
        ...

    def goal(self, site: int, text: str) -> Step:
        """What reaches the goal."""
        ...

    def funnel(self, site: int, text: str) -> tuple[Step, ...]:
        """The funnel's steps."""
        ...


class StoredNamed:
    """`Named` by the store; each text is a name or an id."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    def segments(self, site: int, texts: Sequence[str]) -> tuple[Filter, ...]:
        """The filters of all these segments, to be met together."""
        found = [self._find(SEGMENTS, site, text).pairs for text in texts]
        return tuple(
            each for pairs in found for each in filters((f"filter[{dimension}]", value) for dimension, value in pairs)
        )

    def goal(self, site: int, text: str) -> Step:
        """What reaches the goal."""
        return self._find(GOALS, site, text).step

    def funnel(self, site: int, text: str) -> tuple[Step, ...]:
        """The funnel's steps."""
        return tuple(map(parse_step, self._find(FUNNELS, site, text).texts))

    def _find(self, kind: Definitions[T], site: int, text: str) -> T:
        with self._pool.connection() as connection:
            found = kind.find(connection, site, text)
        if found is None:
            word = kind.kind.value
            raise InvalidInput(f"{word}: this website has no {word} {text[:100]}; GET …/{word}s lists what it has")
        return found.meaning


def segments(query: Iterable[tuple[str, str]]) -> list[str]:
    """The names or ids of segments among the parameters of an address.

    Raises:
        InvalidInput: there are too many, or none can be named like this.
    """
    found = [text for name, text in query if name == "segment" and text]
    if len(found) > _MOST:
        raise InvalidInput(f"segment must be sent at most {_MOST} times")
    for text in found:
        require_clean(text, "segment")
    return found


def name_of(query: Iterable[tuple[str, str]], parameter: str) -> str | None:
    """The name or id that is sent as the parameter, if one is.

    Raises:
        InvalidInput: there are several, or none can be named like this.
    """
    found = [text for name, text in query if name == parameter and text]
    if len(found) > 1:
        raise InvalidInput(f"{parameter} must be sent once")
    for text in found:
        require_clean(text, parameter)
    return found[0] if found else None
