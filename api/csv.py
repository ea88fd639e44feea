"""Reports as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from fastapi.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

#: What a spreadsheet may take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
#: Lines that are sent at a time.
_AT_A_TIME: Final = 500
_QUOTED: Final = re.compile(r'[",\r\n]')

#: A cell as reports have it; None is an empty one.
Cell = str | int | float | None


class Table(NamedTuple):
    """A report as CSV has it."""

    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def attachment(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingResponse:
    """Answer with a file `name`.csv, written while it is sent."""
    return StreamingResponse(
        _blocks(lines(columns, rows)),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


async def _blocks(written: Iterator[str]) -> AsyncIterator[str]:
    """Some lines at a time: to send each alone would take longer than to write it."""
    while block := "".join(islice(written, _AT_A_TIME)):
        yield block


def lines(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The header and the rows, each with its line end."""
    yield _line(columns)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[Cell]) -> str:
    return ",".join(map(_cell, cells)) + "\r\n"


def _cell(value: Cell) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    if value.startswith(_FORMULA):
        value = "'" + value
    return '"' + value.replace('"', '""') + '"' if _QUOTED.search(value) else value
