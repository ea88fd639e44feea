"""How a file is written: each column in the encoding that takes the fewest bytes and is read the fastest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types

from storage.archive.schema import TIMES, VISIT_START, in_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Rows of a row group: smaller ones gain nothing and cost a tenth.
ROW_GROUP: Final = 131_072
#: Told in every file; another number would mean that columns are other ones, or mean something else.
_METADATA: Final = {"footfall_schema": "1"}
#: In a file's order neighbours differ by little: the differences are kept.
_DIFFERENCES: Final = frozenset({"event_id", *TIMES} - {VISIT_START})
#: Hashes, the same for all events of a visit: what repeats is left to the compression, as is the visit's start.
_PLAIN: Final = frozenset({"session_id", "visitor", VISIT_START})
#: Of zstd; a higher one takes longer and gains nothing.
_LEVEL: Final = 6
#: Bytes of different texts of a row group, up to which each is kept once.
_DICTIONARY: Final = 8 << 20
#: Texts as all readers know them.
_AS_TEXT: Final = pl.CompatLevel.oldest()


def write(path: Path, schema: pl.Schema, parts: Iterable[pl.DataFrame]) -> None:
    """Write one file of frames of `schema` (`EVENTS` or `SESSIONS`), in their order.

    Each part begins a row group, and has one for every `ROW_GROUP` of its rows.
    """
    told = in_file(schema)
    by_value = [
        name for name, kind in schema.items() if kind != pl.Boolean and name not in _DIFFERENCES and name not in _PLAIN
    ]
    with pq.ParquetWriter(
        path,
        pl.DataFrame(schema=told).to_arrow(compat_level=_AS_TEXT).schema,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=by_value,
        dictionary_pagesize_limit=_DICTIONARY,
        column_encoding={name: "DELTA_BINARY_PACKED" for name in schema if name in _DIFFERENCES},
        store_schema=False,
    ) as file:
        file.add_key_value_metadata(_METADATA)
        for part in parts:
            file.write_table(part.cast(told).to_arrow(compat_level=_AS_TEXT), row_group_size=ROW_GROUP)
