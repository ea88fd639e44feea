"""Filters as chips."""

from __future__ import annotations

from babel import Locale

from api.dashboard.chips import chips
from api.dashboard.choices import View
from api.dashboard.state import State
from core.filters import parse_filters


def test_a_chip_says_opens_and_removes_its_filter() -> None:
    """In words of the viewer's language; the dialog of one that leaves out is another than that of one that chooses."""
    filters = parse_filters([("country", "!RU"), ("country", "DE"), ("property:plan", "pro")])
    found = chips(State(site="example.com", filters=filters, view=View.PAGES), Locale("de"))
    assert [str(chip.phrase) for chip in found] == [
        "Country is Deutschland",
        "Country is not Russland",
        "Property plan is pro",
    ]
    assert [chip.edit.of for chip in found] == ["country", "!country", "property:plan"]
    assert [chip.edit.view for chip in found] == [View.FILTER] * 3
    assert [len(chip.remove.filters) for chip in found] == [2, 2, 2]
    assert all(chip.remove.view is View.REPORT for chip in found)
