"""Bounds of jobs: each kind has some, and the document says which."""

from __future__ import annotations

from pathlib import Path

from core.jobs import JobKind
from ops.jobs.bounds import BOUNDS
from storage import jobs

DOCUMENT = Path(__file__).parents[3] / "docs" / "jobs.md"


def test_the_document_has_the_bounds_of_every_kind() -> None:
    """One line each, in the order of the kinds."""
    rows = [line.strip("| ").split(" | ") for line in DOCUMENT.read_text().splitlines() if line.endswith(" min |")]
    expected = [(f"`{kind}`", str(BOUNDS[kind].at_once), f"{BOUNDS[kind].longest / 60:g} min") for kind in JobKind]
    assert expected == [(row[0], row[3], row[4]) for row in rows]


def test_every_kind_is_planned() -> None:
    """Its owner says what of it there shall be."""
    assert set(JobKind) == {kind for kind in JobKind if jobs.is_planned(kind)}
