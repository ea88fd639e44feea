"""How values of filters are written, and read again."""

from __future__ import annotations

import pytest
from babel import Locale

from api.dashboard.dialogs.spelling import read, spell
from core.filters import FilterDimension

_F = FilterDimension
_ENGLISH, _GERMAN = Locale("en"), Locale("de")


@pytest.mark.parametrize(
    ("dimension", "value", "locale", "text"),
    [
        (_F.COUNTRY, "DE", _ENGLISH, "Germany"),
        (_F.COUNTRY, "DE", _GERMAN, "Deutschland"),
        (_F.COUNTRY, "", _ENGLISH, "unknown"),
        (_F.COUNTRY, "QQ", _ENGLISH, "QQ"),
        (_F.DEVICE, "mobile", _ENGLISH, "Phone"),
        (_F.SOURCE, "", _ENGLISH, "Direct"),
        (_F.SOURCE, "google.com", _ENGLISH, "google.com"),
        (_F.CITY, "DE/Berlin/Berlin", _ENGLISH, "DE/Berlin/Berlin"),
        (_F.PAGE, "/Direct", _ENGLISH, "/Direct"),
        (_F.UTM_CAMPAIGN, "", _ENGLISH, "none"),
        (_F.ENTRY, "", _ENGLISH, "no page"),
        (_F.PAGE, '/"><script>', _ENGLISH, '/"><script>'),
    ],
)
def test_what_is_written_is_read_again(dimension: FilterDimension, value: str, locale: Locale, text: str) -> None:
    """Names where they mean one value alone, and values otherwise."""
    assert (text, value) == (spell(dimension, value, locale), read(dimension, text, locale))


@pytest.mark.parametrize(
    ("dimension", "text", "value"),
    [(_F.COUNTRY, "germany", "DE"), (_F.COUNTRY, "de", "DE"), (_F.SOURCE, "DIRECT", ""), (_F.PAGE, "/de", "/de")],
)
def test_case_does_not_matter_where_names_are_read(dimension: FilterDimension, text: str, value: str) -> None:
    """It does in everything else."""
    assert value == read(dimension, text, _ENGLISH)
