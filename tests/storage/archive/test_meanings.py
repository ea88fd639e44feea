"""Every column is told to people, in the document and in exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.archive.meanings import OF_EVENTS, OF_SESSIONS, table
from storage.archive.schema import EVENTS, SESSIONS

DOCUMENT = Path(__file__).parents[3] / "docs" / "archive.md"


def test_every_column_has_a_meaning() -> None:
    """None is left out, and none is told that there is not."""
    assert set(OF_EVENTS) == set(EVENTS)
    assert set(OF_SESSIONS) == set(SESSIONS)
    assert all(meaning.endswith(".") for meaning in (*OF_EVENTS.values(), *OF_SESSIONS.values()))


@pytest.mark.parametrize("kind", ["events", "sessions"])
def test_the_document_has_them(kind: str) -> None:
    """docs/archive.md has the columns as they are, with types and meanings."""
    assert table(kind) in DOCUMENT.read_text(encoding="utf-8")
