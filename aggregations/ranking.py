"""Lists in their order: the greatest first, then by key."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from core.query import Group


def top(
    lines: pl.DataFrame, by: str, *columns: str, limit: int, offset: int, group: Group | None = None
) -> list[tuple[Any, ...]]:
    """Return (key, its `by`, its other columns that are named) of those whose `by` is not 0; some of them.

    Args:
        lines: `key` and its sums, each key once.
        by: what they are ordered by.
        columns: what else is wanted.
        limit: how many, the greatest first.
        offset: how many come before them.
        group: whose keys are meant, if not all.
    """
    found = lines.lazy().select("key", by, *columns).filter(pl.col(by) > 0)
    ordered = found.sort(by, "key", descending=[True, False])
    if group is None:
        return ordered.slice(offset, limit).collect().rows()
    meant = (line for line in ordered.collect().iter_rows() if group.has(line[0]))
    return list(islice(meant, offset, offset + limit))
