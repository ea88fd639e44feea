"""What happens on a machine without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.drivers import installed
from tests.services import REQUIRE_SERVICES

if TYPE_CHECKING:
    from pathlib import Path


def test_missing_browser_skips(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A test whose browser is not installed is skipped with the package that brings it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(REQUIRE_SERVICES, raising=False)

    with pytest.raises(pytest.skip.Exception, match="install Debian's package firefox-esr"):
        installed("firefox-esr")


def test_missing_browser_fails_where_nothing_may_be_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the run that proves everything it fails instead."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(REQUIRE_SERVICES, "1")

    with pytest.raises(pytest.fail.Exception, match="install Debian's package chromium"):
        installed("chromium")
