"""What the records of MaxMind-format files say. Each maker has its own layout; all that are known are read alike. Pure.

| maker                                   | country                | region                      | city              |
|-----------------------------------------|------------------------|-----------------------------|-------------------|
| MaxMind GeoLite2 and GeoIP2, City       | `country.iso_code`     | `subdivisions[0].names.en`  | `city.names.en`   |
| the same, Country                       | `country.iso_code`     |                             |                   |
| DB-IP, City Lite and Country Lite       | `country.iso_code`     | `subdivisions[0].names.en`  | `city.names.en`   |
| ip-location-db, city and country        | `country_code`         | `state1`                    | `city`            |
| IPinfo and IPLocate                     | `country_code`, or a code as `country` | `region`    | `city`            |
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from core.places import NO_PLACE, Place
from core.text import is_clean

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_NAME: Final = 255
_CODE: Final = re.compile(r"[A-Z]{2}")
#: Codes of no country that makers put where they know none.
_NO_COUNTRY: Final = frozenset({"XX", "ZZ"})
_LANGUAGE: Final = "en"


def place_of(record: object) -> Place:
    """Return the place that a record names; a record of any other kind names none."""
    if not isinstance(record, dict):
        return NO_PLACE
    place = Place(_country(record), _region(record), _name(record.get("city")))
    return place if any(place) else NO_PLACE


def _country(record: Mapping[str, Any]) -> str:
    # Not `registered_country`: it tells where a company is, and the visitor may be anywhere.
    country = record.get("country")
    code = record.get("country_code") or (country.get("iso_code") if isinstance(country, dict) else country)
    if not isinstance(code, str):
        return ""
    code = code.upper()
    return code if _CODE.fullmatch(code) and code not in _NO_COUNTRY else ""


def _region(record: Mapping[str, Any]) -> str:
    subdivisions = record.get("subdivisions")
    if isinstance(subdivisions, list):
        return _name(subdivisions[0]) if subdivisions else ""
    return _name(record.get("state1") or record.get("region"))


def _name(value: object) -> str:
    """An English name, plain or among those of other languages."""
    if isinstance(value, dict):
        names = value.get("names")
        value = names.get(_LANGUAGE) if isinstance(names, dict) else None
    if not isinstance(value, str):
        return ""
    value = value.strip()
    return value if is_clean(value) and len(value) <= _MAX_NAME and value != "-" else ""
