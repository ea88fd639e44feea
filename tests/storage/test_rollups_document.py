"""docs/rollups.md is about the tables as they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from aggregations.rollups import ROLLUPS
from core.dimensions import NUMBERS, OF_SESSIONS

if TYPE_CHECKING:
    from storage.rollups import RollupTable

DOCUMENT: Final = (Path(__file__).parents[2] / "docs" / "rollups.md").read_text(encoding="utf-8")
COMMON: Final = ("site", "grain", "class", "span")


def told(heading: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    section = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("table", [rollup.table for rollup in ROLLUPS], ids=lambda table: str(table.name))
def test_each_column_is_told(rollup_store: str, table: RollupTable) -> None:
    """Those of the table in the database, in the order in which the code names them."""
    with psycopg.connect(rollup_store) as connection:
        columns = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table.name]
        )
        found = {name for (name,) in columns}
    documented = [name for name, _ in told(f"`{table.name}`")]
    assert documented == [*table.columns]
    assert found == {*COMMON, *documented}
    assert [*COMMON] == [name for name, _ in told("Columns of all four")]


def test_each_dimension_is_told() -> None:
    """With its number and the columns of which its value is made."""
    assert told("`dimensions`") == [
        [str(number), dimension.value, ", ".join(OF_SESSIONS[dimension])] for dimension, number in NUMBERS.items()
    ]


def test_its_statements_run(rollup_store: str) -> None:
    """Each of them on an installation as it is."""
    statements = [text for text in re.findall(r"(?m)(?:^    .*\n)+", DOCUMENT) if "SELECT" in text]
    assert len(statements) == 4
    with psycopg.connect(rollup_store) as connection:
        for statement in statements:
            connection.execute(statement.encode())
