"""Segments: filters that were given a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.errors import InvalidInput
from core.filters import parse_filters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.filters import Filter


class Segment(NamedTuple):
    """Filters as they are written: (dimension, value), in the grammar of `core.filters`, one at least."""

    pairs: tuple[tuple[str, str], ...]

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What they mean."""
        return parse_filters(self.pairs)


def check_segment(pairs: Iterable[tuple[str, str]]) -> Segment:
    """Return the segment of these (dimension, value) pairs.

    Raises:
        InvalidInput: there are none or too many, or one is no filter; the message names it.
    """
    segment = Segment(tuple(pairs))
    if not segment.filters:
        raise InvalidInput("filters must be at least one {dimension, value}")
    return segment
