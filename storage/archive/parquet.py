"""How a file is written: each column in the encoding that takes the fewest bytes and is read the fastest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types

from storage.archive.schema import TIMES, VISIT_START, in_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Rows of a row group: smaller ones gain nothing and cost a tenth.
ROW_GROUP: Final = 131_072
#: Told in every file; another number would mean that columns are other ones, or mean something else.
_METADATA: Final = {"footfall_schema": "1"}
#: In a file's order neighbours differ by little: the differences are kept.
_DIFFERENCES: Final = frozenset({"event_id", *TIMES} - {VISIT_START})
#: Hashes, the same for all events of a visit: what repeats is left to the compression, as is the visit's start.
_PLAIN: Final = frozenset({"session_id", "visitor", VISIT_START})
#: Of zstd. A day is written anew when something comes late, and soon part of a month, which is kept: a month is 4 %
#: smaller for twice the time; a higher level gains nothing.
OF_DAYS: Final = 1
OF_MONTHS: Final = 6
#: Bytes of different texts of a row group, up to which each is kept once.
_DICTIONARY: Final = 8 << 20
#: Texts as all readers know them.
_AS_TEXT: Final = pl.CompatLevel.oldest()


def write(path: Path, schema: pl.Schema, parts: Iterable[pl.DataFrame], *, level: int = OF_MONTHS) -> None:
    """Write one file of frames of `schema` (`EVENTS` or `SESSIONS`), in their order.

    Each part begins a row group, and has one for every `ROW_GROUP` of its rows. Texts may be categories, in all parts
    alike: then nothing has to find out which of them are the same.
    """
    file: pq.ParquetWriter | None = None
    try:
        for table in _ahead(_tables(schema, parts)):
            if file is None:
                file = _opened(path, table.schema, level)
            file.write_table(table, row_group_size=ROW_GROUP)
    finally:
        if file is not None:
            file.close()


def _opened(path: Path, told: pa.Schema, level: int) -> pq.ParquetWriter:
    in_order = _DIFFERENCES | _PLAIN
    file = pq.ParquetWriter(
        path,
        told,
        compression="zstd",
        compression_level=level,
        use_dictionary=[
            field.name for field in told if not pa.types.is_boolean(field.type) and field.name not in in_order
        ],
        dictionary_pagesize_limit=_DICTIONARY,
        column_encoding={field.name: "DELTA_BINARY_PACKED" for field in told if field.name in _DIFFERENCES},
        # The least and the greatest text of a row group say nothing that anybody asks for.
        write_statistics=[field.name for field in told if pa.types.is_primitive(field.type)],
        store_schema=False,
    )
    file.add_key_value_metadata(_METADATA)
    return file


def _ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same, each of them made while the one before is written."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, tables, None)
        while (table := coming.result()) is not None:
            coming = maker.submit(next, tables, None)
            yield table


def _tables(schema: pl.Schema, parts: Iterable[pl.DataFrame]) -> Iterator[pa.Table]:
    """The parts by row groups; of an empty part one that is empty."""
    times = [pl.col(name).cast(kind) for name, kind in in_file(schema).items() if name in TIMES]
    for part in parts:
        for group in part.iter_slices(ROW_GROUP) if part.height else [part]:
            columns = {column.name: _column(column) for column in group.select(*schema).with_columns(times)}
            told = pa.schema([pa.field(name, column.type, nullable=False) for name, column in columns.items()])
            yield pa.table(columns, schema=told)


def _column(values: pl.Series) -> pa.Array:
    if values.dtype != pl.Categorical:
        return values.to_arrow(compat_level=_AS_TEXT)
    found = pc.dictionary_encode(values.to_physical().to_arrow())
    texts = pl.Series(found.dictionary).cat.to(values.dtype).cast(pl.String)
    return pa.DictionaryArray.from_arrays(found.indices, texts.to_arrow(compat_level=_AS_TEXT))
