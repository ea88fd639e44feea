"""Values of dimensions as expressions of Polars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


def value(columns: Sequence[str]) -> pl.Expr:
    """`core.dimensions.value_of` of columns."""
    if len(columns) == 1:
        return pl.col(columns[0]).cast(pl.String)
    escaped = [
        pl.col(column)
        .cast(pl.String)
        .str.replace_all("\\", "\\\\", literal=True)
        .str.replace_all("\t", "\\t", literal=True)
        for column in columns
    ]
    return pl.concat_str(escaped, separator="\t")
