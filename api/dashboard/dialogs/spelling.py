"""How values are written in a field: as they are called where that can be read again, otherwise as they are stored."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from api.dashboard.labels import value_label
from core.agents import Device
from core.filters import FilterDimension

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babel import Locale

_F = FilterDimension
#: Letters of a country's code.
_CODE: Final = 2


def spell(dimension: FilterDimension, value: str, locale: Locale) -> str:
    """How the value is written."""
    called = value_label(dimension, value, locale)
    return called if _named(dimension, locale).get(called.casefold()) == value else value


def read(dimension: FilterDimension, text: str, locale: Locale) -> str:
    """The value that was written: by its name, in any case, or as it is stored."""
    known = _named(dimension, locale).get(text.casefold())
    if known is not None:
        return known
    return text.upper() if dimension is _F.COUNTRY and len(text) == _CODE else text


@lru_cache(maxsize=1_000)
def _named(dimension: FilterDimension, locale: Locale) -> Mapping[str, str]:
    """Values by what they are called, in small letters; of two values with one name neither."""
    values = [""]
    if dimension is _F.COUNTRY:
        values += [code for code in map(str, locale.territories) if len(code) == _CODE and code.isalpha()]
    if dimension is _F.DEVICE:
        values += [device.value for device in Device]
    found: dict[str, str] = {}
    twice = set()
    for value in values:
        called = value_label(dimension, value, locale).casefold()
        if found.setdefault(called, value) != value:
            twice.add(called)
    return {called: value for called, value in found.items() if called not in twice}
