"""Parts of a range, by their edges: minutes, hours, days of any zone, weeks or months."""

from __future__ import annotations

from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


def counted(rows: pl.LazyFrame, column: str, edges: Sequence[int], **counts: pl.Expr) -> pl.LazyFrame:
    """Return the counts (aggregations) of each `bucket`, its number from 0 on; a bucket without rows may be left out.

    Args:
        rows: all of the range.
        column: of instants (ms), all between the first edge and before the last.
        edges: where buckets begin, and where the last one ends, ms, rising; an empty bucket has two edges in one.
        counts: by name.
    """
    first, last = edges[0], edges[-1]
    lengths = [after - before for before, after in pairwise(edges)]
    if max(lengths) == last - first:
        return rows.select(bucket=pl.lit(lengths.index(last - first), pl.Int64), **counts)
    return rows.group_by(_bucket_of(pl.col(column), edges).alias("bucket")).agg(**counts)


def _bucket_of(instant: pl.Expr, edges: Sequence[int]) -> pl.Expr:
    first, last = edges[0], edges[-1]
    step = gcd(*(after - before for before, after in pairwise(edges)))
    if len(edges) - 1 == (last - first) // step:
        return (instant - first) // step
    return pl.lit(pl.Series(edges)).search_sorted(instant, side="right").cast(pl.Int64) - 1
