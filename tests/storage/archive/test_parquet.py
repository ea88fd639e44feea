"""Files as they are written: small, and read by everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb
import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types
import pytest
from polars.testing import assert_frame_equal

from storage.archive import parquet
from storage.archive.parquet import ROW_GROUP
from storage.archive.schema import EVENT_ORDER, EVENTS, SESSION_ORDER, SESSIONS, in_file

if TYPE_CHECKING:
    from pathlib import Path

#: A day, ms; and how far a hash reaches.
_DAY: Final = 1_763_596_800_000
_HASH: Final = 0x9E37_79B9_7F4A_7C15


def _frame(schema: pl.Schema, order: tuple[str, ...], rows: int) -> pl.DataFrame:
    """Rows in the order of files: everything that a column can hold, hashes as wide as they are."""
    number = pl.int_range(rows, dtype=pl.Int64)
    texts = pl.Series(["", "ä", "a\tb", "\N{SNOWMAN}" * 300])
    wide = (number.cast(pl.UInt64) * _HASH).reinterpret(signed=True)
    columns = {
        pl.Int64: wide,
        pl.Boolean: number % 2 == 0,
        pl.String: pl.lit(texts).gather(number % len(texts)),
    }
    times = {name: _DAY + number * 997 for name in ("ts", "visit_start", "start", "last") if name in schema}
    given = {name: columns.get(type(kind), number % 100) for name, kind in schema.items()}
    return pl.select(number).select(**{**given, **times}).cast(schema).sort(*order)


@pytest.mark.parametrize(
    ("schema", "order"), [(EVENTS, EVENT_ORDER), (SESSIONS, SESSION_ORDER)], ids=["events", "sessions"]
)
def test_everybody_reads_them(tmp_path: Path, schema: pl.Schema, order: tuple[str, ...]) -> None:
    """Polars, DuckDB and Arrow find the rows that were given, in their order, with times as times."""
    frame = _frame(schema, order, 5_000)
    parquet.write(tmp_path / "file.parquet", schema, [frame[:4_000], frame[4_000:]])
    expected = frame.cast(in_file(schema))
    assert_frame_equal(expected, pl.read_parquet(tmp_path / "file.parquet"))
    assert_frame_equal(expected, pl.DataFrame(pq.read_table(tmp_path / "file.parquet")))
    found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(tmp_path / "file.parquet")])
    assert expected.select(pl.all().exclude(pl.Datetime)).rows() == [
        tuple(value for value, kind in zip(row, expected.dtypes, strict=True) if not isinstance(kind, pl.Datetime))
        for row in found.fetchall()
    ]
    assert pl.read_parquet_metadata(tmp_path / "file.parquet")["footfall_schema"] == "1"


@pytest.mark.parametrize(
    ("schema", "order"), [(EVENTS, EVENT_ORDER), (SESSIONS, SESSION_ORDER)], ids=["events", "sessions"]
)
def test_older_files_are_read_beside_them(tmp_path: Path, schema: pl.Schema, order: tuple[str, ...]) -> None:
    """Files whose columns were all written in one encoding, by Polars, are parts of one table with ours."""
    older, newer = _frame(schema, order, 1_000), _frame(schema, order, 2_000)
    as_told = older.cast(in_file(schema))
    as_told.write_parquet(tmp_path / "1.parquet", compression="zstd", metadata={"footfall_schema": "1"})
    parquet.write(tmp_path / "2.parquet", schema, [newer])
    for names in (("1", "2"), ("2", "1")):
        found = pl.scan_parquet([tmp_path / f"{name}.parquet" for name in names]).select(*schema).collect()
        frames = {"1": older, "2": newer}
        assert_frame_equal(pl.concat([frames[name] for name in names]).cast(in_file(schema)), found)


def test_row_groups(tmp_path: Path) -> None:
    """They have the rows that were measured to be best, and say between which times they are."""
    frame = _frame(SESSIONS, SESSION_ORDER, 2 * ROW_GROUP + 1)
    parquet.write(tmp_path / "file.parquet", SESSIONS, [frame])
    file = pq.ParquetFile(tmp_path / "file.parquet").metadata
    groups = [file.row_group(number) for number in range(file.num_row_groups)]
    assert [group.num_rows for group in groups] == [ROW_GROUP, ROW_GROUP, 1]
    assert all(group.column(0).statistics.has_min_max for group in groups)


def test_no_rows(tmp_path: Path) -> None:
    """A file of nothing has its columns."""
    parquet.write(tmp_path / "file.parquet", EVENTS, [pl.DataFrame(schema=EVENTS)])
    assert pl.read_parquet(tmp_path / "file.parquet").schema == in_file(EVENTS)


def test_hashes_are_not_gathered(tmp_path: Path) -> None:
    """What never repeats but in a row is not kept twice: a list of all values would take eight bytes of each more."""
    frame = _frame(SESSIONS, SESSION_ORDER, 10_000)
    parquet.write(tmp_path / "file.parquet", SESSIONS, [frame])
    group = pq.ParquetFile(tmp_path / "file.parquet").metadata.row_group(0)
    encodings = {group.column(n).path_in_schema: group.column(n).encodings for n in range(group.num_columns)}
    assert "RLE_DICTIONARY" not in encodings["session_id"]
    assert "DELTA_BINARY_PACKED" in encodings["start"]
    assert "RLE_DICTIONARY" in encodings["country"]
