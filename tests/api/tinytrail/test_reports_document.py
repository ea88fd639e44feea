"""docs/reports.md is complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from api.dialects.tinytrail.documents.document import build
from api.dialects.tinytrail.documents.reports import REPORTS
from core.comparisons import Against
from core.intervals import MAX_POINTS, Interval
from core.ranges import Comparison, Period

DOCUMENT: Final = (Path(__file__).parents[3] / "docs" / "reports.md").read_text()
WORDS: Final = {word for code in re.findall(r"`([^`]+)`", DOCUMENT) for word in re.findall(r"[a-z0-9_/]+", code)}


def test_it_has_every_report() -> None:
    """By the last part of its route."""
    named = {path.removeprefix("/api/v1/reports/") for _, path in REPORTS}
    table = DOCUMENT.split("## What all reports about days take")[0]
    assert named == {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in _codes(row)}


def test_it_has_every_parameter() -> None:
    """Of every report, as the OpenAPI text has them."""
    found = set()
    document = build()
    for method, path in REPORTS:
        for parameter in document["paths"][path][method.lower()]["parameters"]:
            found.add(parameter.get("name", "filter"))
    assert {name.removesuffix("[]") for name in found} - {"X-API-KEY"} <= WORDS


def test_it_has_every_word() -> None:
    """Of periods, comparisons and intervals."""
    assert {each.value for kind in (Period, Comparison, Against, Interval) for each in kind} <= WORDS
    assert f"{MAX_POINTS:,} points" in DOCUMENT


def _codes(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)
