"""Which language a browser asks for."""

from __future__ import annotations

import pytest

from api.dashboard.languages import language


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT, de;q=0.9, en;q=0.5", "de_AT"),
        ("en;q=0.5, fr-CA", "fr_CA"),
        ("xx, fr;q=0.3", "fr"),
        ("fr;q=0, de;q=0.1", "de"),
        ("zh-Hant-TW", "zh_Hant_TW"),
        ("*", "en"),
        ("<script>", "en"),
        ("de;q=nonsense", "en"),
        ("de," * 10_000, "de"),
    ],
)
def test_languages(header: str, expected: str) -> None:
    """The most wanted language that is known, English where there is none."""
    assert str(language(header)) == expected
