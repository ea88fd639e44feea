"""Countries as people write them: by code, by name, or both as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.site_settings import countries

if TYPE_CHECKING:
    from babel import Locale


def write_country(code: str, locale: Locale) -> str:
    """Return a country as it is shown in a list, `RU Russia`."""
    return f"{code} {locale.territories.get(code, '')}".rstrip()


def read_country(text: str, locale: Locale) -> str:
    """Return the code of a country by code, by name, or as `write_country` writes it; else the text as it is."""
    known = countries()
    first = text[:2].upper()
    if first in known and (len(text) == 2 or text[2:3].isspace()):
        return first
    names = {name.casefold(): code for code, name in locale.territories.items() if code in known}
    return str(names.get(text.casefold(), text))


def country_names(locale: Locale) -> list[tuple[str, str]]:
    """Return all countries as (code, name), by name."""
    return sorted(((code, str(locale.territories.get(code, code))) for code in countries()), key=lambda pair: pair[1])
