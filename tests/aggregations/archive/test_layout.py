"""Which time comes from which files, and which from rows: every instant once, or of nothing."""

from __future__ import annotations

from typing import Final

import pytest

from aggregations.archive.layout import lay_out
from aggregations.planner import Span
from core.spans import DAY, HOUR
from storage.archive.files import FileKind, FileName
from storage.archive.manifest import ArchiveFile, FilePair
from storage.archive.retention import RowDays

#: Days of a month that begins at 0, by number; times are in hours.
ALL_ROWS: Final = RowDays(0, frozenset())


def pair(begin: int, end: int) -> FilePair:
    """Files of these days."""
    events, sessions = (
        ArchiveFile(FileName(1, kind, begin * DAY, end * DAY, 1), rows=0, size=0, sha256=b"", sums={})
        for kind in FileKind
    )
    return FilePair(events, sessions)


@pytest.mark.parametrize(
    ("span", "marked", "pairs", "row_days", "expected"),
    [
        pytest.param((0, 48), (), [], ALL_ROWS, ({}, [(0, 48)]), id="no files"),
        pytest.param((0, 48), (), [(0, 1)], ALL_ROWS, ({(0, 1): [(0, 24)]}, [(24, 48)]), id="one day has files"),
        pytest.param((5, 7), (), [(0, 1)], ALL_ROWS, ({(0, 1): [(5, 7)]}, []), id="a part of it"),
        pytest.param(
            (0, 24), (3, 4), [(0, 1)], ALL_ROWS, ({(0, 1): [(0, 3), (5, 24)]}, [(3, 5)]), id="marks send to rows"
        ),
        pytest.param(
            (0, 24), (3, 4), [(0, 1)], RowDays(DAY, frozenset()), ({(0, 1): [(0, 24)]}, []), id="unless there are none"
        ),
        pytest.param(
            (0, 24), (3,), [(0, 1)], RowDays(DAY, frozenset({0})), ({(0, 1): [(0, 3), (4, 24)]}, [(3, 4)]), id="thawed"
        ),
        pytest.param(
            (0, 48), (), [(1, 2)], RowDays(2 * DAY, frozenset()), ({(1, 2): [(24, 48)]}, []), id="a quiet day"
        ),
        pytest.param(
            (0, 72),
            (),
            [(0, 3), (1, 2)],
            ALL_ROWS,
            ({(0, 3): [(0, 24), (48, 72)], (1, 2): [(24, 48)]}, []),
            id="a day's own files stand before its month's",
        ),
        pytest.param((7, 7), (), [(0, 1)], ALL_ROWS, ({}, []), id="nothing"),
    ],
)
def test_layout(
    span: tuple[int, int],
    marked: tuple[int, ...],
    pairs: list[tuple[int, int]],
    row_days: RowDays,
    expected: tuple[dict[tuple[int, int], list[tuple[int, int]]], list[tuple[int, int]]],
) -> None:
    """Files where they are right, rows elsewhere."""
    files, rows = expected

    def hours(begin: int, end: int) -> Span:
        return Span(begin * HOUR, end * HOUR)

    found = lay_out(
        hours(*span), marked=[hour * HOUR for hour in marked], pairs=[pair(*days) for days in pairs], row_days=row_days
    )

    assert found.rows == [hours(*part) for part in rows]
    assert {(piece.pair.begin // DAY, piece.pair.end // DAY): piece.spans for piece in found.files if piece.spans} == {
        days: [hours(*part) for part in parts] for days, parts in files.items()
    }
