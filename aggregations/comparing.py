"""What a report reads of the range that its own is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import polars as pl

from aggregations.answers import Before
from storage.reports import oldest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from psycopg import Connection

    from core.comparisons import Other
    from core.query import Query

T = TypeVar("T")


def before(connection: Connection, query: Query, other: Other | None, read: Callable[[Query], T]) -> Before[T] | None:
    """Return what `read` finds of the other range, in one snapshot with ours; None if there is none to compare with."""
    return None if other is None else since(oldest(connection, site=query.site), query, other, read)


def since(first: int | None, query: Query, other: Other, read: Callable[[Query], T]) -> Before[T]:
    """Return the same of a site whose first data are of `first`, ms; None if it has none."""
    asked = query.before(other)
    return Before(other=other, found=None if first is None or asked.ends[1] <= first else read(asked))


def of_keys(lines: pl.DataFrame, column: str, *, keys: Collection[str]) -> dict[str, int]:
    """The sums of these keys of a list, as far as it has them and they are not 0."""
    meant = lines.lazy().filter(pl.col("key").is_in([*keys]), pl.col(column) > 0)
    return dict(meant.select("key", column).collect().iter_rows())
