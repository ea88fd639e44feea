"""Lines that a statement packed: many rows of a list as one, which is a quarter of the work of sending each.

A packed value is a pair: the keys one after another, in UTF-8, and for each line its key's length in bytes and its
sums, each a big-endian integer of eight bytes.
"""

from __future__ import annotations

import sys
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

if TYPE_CHECKING:
    from collections.abc import Sequence


def unpack(keys: bytes, numbers: bytes, sums: Sequence[str]) -> pl.DataFrame:
    """Return the lines as a frame: the text `key`, then the integers `sums`."""
    words = array("q")
    words.frombytes(numbers)
    if sys.byteorder == "little":
        words.byteswap()
    width = 1 + len(sums)
    offsets = array("q", accumulate(words[::width], initial=0))
    text = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(keys))
    columns = {name: pl.Series(words[number::width], dtype=pl.Int64) for number, name in enumerate(sums, start=1)}
    return pl.DataFrame({"key": pl.Series(text, dtype=pl.String), **columns})
