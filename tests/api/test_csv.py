"""CSV that a spreadsheet can open without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.csv import Cell, attachment, lines

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (5, "5"),
        (-4.08, "-4.08"),
        (None, ""),
        ("/blog", "/blog"),
        ("=1+1", "'=1+1"),
        ("+a", "'+a"),
        ("-a", "'-a"),
        ("@a", "'@a"),
        ("\ta", "'\ta"),
        ("\ra", '"\'\ra"'),
        ("-4.5", "'-4.5"),
        ("+4", "'+4"),
        ("-4-4", "'-4-4"),
        ('a,"b"', '"a,""b"""'),
        ("a\nb", '"a\nb"'),
        ("=a,b", '"\'=a,b"'),
    ],
)
def test_a_cell_is_data_never_a_formula(cell: Cell, expected: str) -> None:
    """What begins like a formula gets an apostrophe, unless it is a number of ours."""
    assert [f"name\r\n{expected}\r\n"] == ["".join(lines(["name"], [[cell]]))]


@pytest.mark.parametrize("count", [0, 499, 500, 1_200])
async def test_a_file_is_sent_block_by_block(count: int) -> None:
    """Rows are taken as they are sent, and each is sent once."""
    taken = 0

    def rows() -> Iterator[tuple[int]]:
        nonlocal taken
        for number in range(count):
            taken += 1
            yield (number,)

    body = attachment("numbers", ["n"], rows()).body_iterator
    first = await anext(aiter(body))
    assert taken == min(count, 499)
    rest = [block async for block in body]
    assert "".join(str(block) for block in (first, *rest)).split() == ["n", *map(str, range(count))]
