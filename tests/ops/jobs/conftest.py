"""What the tests of jobs share."""

from __future__ import annotations

import pytest

from ops.jobs import runner, session


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds and pauses are short, and nobody is waited for at the end."""
    monkeypatch.setattr(session, "ROUND", 0.05)
    monkeypatch.setattr(session, "GRACE", 0.1)
    monkeypatch.setattr(runner, "_FIRST_PAUSE", 0.05)
