"""CSV that a spreadsheet can open without running anything."""

from __future__ import annotations

import pytest

from api.dialects.tinytrail.csv import Cell, lines


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
