"""Whose form an error has."""

from __future__ import annotations

import pytest

from api.failures import is_enveloped


@pytest.mark.parametrize(
    ("path", "has_key", "expected"),
    [
        ("/api/v1/reports/summary", False, True),
        ("/api/v1/websites/1", False, True),
        ("/api/v1/collect", False, True),
        ("/api/v1/nothing", True, True),
        ("/api/v1/nothing", False, False),
        ("/api/v1", True, False),
        ("/api/v1/", False, False),
        ("/api/v1/me", True, False),
        ("/api/v1/sites/1/hits", False, False),
        ("/api/v2/sites", True, False),
        ("/api/sites", False, False),
        ("/api/stats", False, False),
        ("/api/event", False, False),
        ("/collect", False, False),
        ("/track.js", False, False),
        ("/health", False, True),
        ("/js/none.js", False, True),
        ("/nothing", False, True),
    ],
)
def test_errors_are_told_in_the_form_of_the_api(path: str, has_key: bool, expected: bool) -> None:  # noqa: FBT001 - a column
    """TinyTrail's paths have its envelope; what nobody has below /api/v1 is the API's whose key came with it."""
    assert is_enveloped(path, has_key=has_key) is expected
