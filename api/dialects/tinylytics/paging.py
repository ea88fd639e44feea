"""Which rows of a list are asked for, and what is said of them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER: Final = re.compile(r"-?[0-9]{1,12}")
#: Rows on a page of most lists, unless said, and at most.
USUAL: Final = 100
MOST: Final = 1_000
#: Journeys on a page, unless said, which is as many as there may be.
MOST_JOURNEYS: Final = 50
#: The same of insights.
MOST_INSIGHTS: Final = 50
#: The same of downtimes.
MOST_DOWNTIMES: Final = 100
#: Beyond it nothing is; the offset of its rows is still a number that a database knows.
_MAX_PAGE: Final = 1_000_000_000


class Paging(NamedTuple):
    """A page, counted from 1, and how many rows one has."""

    page: int
    per_page: int

    @property
    def limit(self) -> int:
        """How many rows there are at most."""
        return self.per_page

    @property
    def offset(self) -> int:
        """How many rows come before."""
        return (self.page - 1) * self.per_page

    def shown(self, total: int) -> dict[str, Any]:
        """What is said of the page of a list of so many rows."""
        return {
            "current_page": self.page,
            "per_page": self.per_page,
            "total_count": total,
            "total_pages": -(-total // self.per_page),
        }


def paging(query: Mapping[str, str], *, usual: int, most: int) -> Paging:
    """The page that is asked for; numbers out of bounds are brought to the bound, an empty value is as good as none.

    Args:
        query: what was sent.
        usual: rows on a page, if nothing is said.
        most: the most rows on a page.

    Raises:
        InvalidInput: a number is none.
    """
    return Paging(_number(query, "page", 1, _MAX_PAGE), _number(query, "per_page", usual, most))


def _number(query: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = query.get(name)
    if not text:
        return usual
    if not _NUMBER.fullmatch(text):
        raise InvalidInput(f"{name} must be a whole number from 1 to {most}")
    return min(max(int(text), 1), most)
