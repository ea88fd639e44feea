"""Which language a browser asks for; the page's own words are English, its dates, numbers and names are not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError

_ENGLISH: Final = Locale("en")
#: A language, maybe with a script and a country, and how much it is wanted.
_OFFER: Final = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Za-z]{2})?)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*")
_MAX_HEADER: Final = 512


def language(header: str) -> Locale:
    """The first language of `Accept-Language` that we know, by how much it is wanted; English for none."""
    return _language(header[:_MAX_HEADER])


@lru_cache(maxsize=1_000)
def _language(header: str) -> Locale:
    offers = [found.groups() for part in header.split(",") if (found := _OFFER.fullmatch(part))]
    for tag, wanted in sorted(offers, key=lambda offer: -float(offer[1] or 1)):
        if wanted is not None and not float(wanted):
            continue
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return _ENGLISH
