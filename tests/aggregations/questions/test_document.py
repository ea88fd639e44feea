"""The cases of docs/filters.md, read from the document itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl
import pytest

from aggregations.planner import Span
from aggregations.questions import choosing, totals
from core.filters import parse_filters
from core.globs import PathGroups
from core.spans import DAY
from tests.aggregations.questions.scenes import scene_of
from tests.cases import FIRST_DAY, events_of

_DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "filters.md"
_ROW: Final = re.compile(r"^\| (`.+`) \| (\d+).*? \| (\d+).*? \| (\d+).*? \|$")


class Row(NamedTuple):
    """A line of the table: filters, and what is counted."""

    filters: str
    visits: int
    views: int
    visitors: int


def rows() -> list[Row]:
    """The lines of the table of cases."""
    _, cases = _DOCUMENT.read_text().split("## Cases")
    found = [match.groups() for match in map(_ROW.match, cases.splitlines()) if match]
    return [Row(filters, *map(int, counts)) for filters, *counts in found]


def test_the_document_has_cases() -> None:
    """They are read, all of them."""
    _, cases = _DOCUMENT.read_text().split("## Cases")
    assert len(rows()) == cases.count("\n| `") > 5


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.filters)
def test_the_document_is_right(row: Row) -> None:
    """Each case counts what the document says."""
    scene = scene_of(
        event._replace(country=country, properties='{"plan":"pro"}' if event.name == "signup" else "")
        for country, events in (
            ("DE", events_of("+0:00 /, +1:00 /pricing, +2:00 !signup")),
            ("FR", events_of("+0:00 /pricing person=2, +1:00 /blog/a person=2")),
        )
        for event in events
    )
    pairs = [text.split("=", 1) for text in re.findall("`(.+?)`", row.filters)]
    span = Span(FIRST_DAY, FIRST_DAY + DAY)
    chosen = choosing.choose(
        scene.frames,
        parse_filters((name, value) for name, value in pairs),
        span=span,
        classes=(0,),
        groups=PathGroups(()),
    )
    (found,) = totals.summed(pl.collect_all(totals.totals(chosen, span)), buckets=1)
    assert (row.visits, row.views, row.visitors) == (found.visits, found.views, found.visitors)
