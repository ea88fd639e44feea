"""The channel that brought a visitor, by TinyTrail's table; the first rule that fits wins.

| channel        | rule                                                                                         |
|----------------|----------------------------------------------------------------------------------------------|
| Paid Search    | from a search engine with a medium that contains cpc, ppc or paid; or an advertiser's click id |
| Organic Search | from a search engine                                                                         |
| Social         | from a social platform                                                                       |
| Email          | the medium is email, or from an e-mail provider                                              |
| Referral       | from any other page                                                                          |
| Direct         | from nowhere, or from the site's own domain                                                  |
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final


class Channel(StrEnum):
    """Every channel, in the words that reports show."""

    PAID_SEARCH = "Paid Search"
    ORGANIC_SEARCH = "Organic Search"
    SOCIAL = "Social"
    EMAIL = "Email"
    REFERRAL = "Referral"
    DIRECT = "Direct"


class SourceKind(StrEnum):
    """What a well-known host is."""

    SEARCH = "search"
    SOCIAL = "social"
    EMAIL = "email"


_PAID_WORDS: Final = ("cpc", "ppc", "paid")


@lru_cache(maxsize=1_000)
def classify(*, referred: bool, kind: SourceKind | None, utm_medium: str, paid_click: bool) -> str:
    """Return the text of the channel.

    Args:
        referred: whether there is a page before, on another domain than the site's own.
        kind: what its host is.
        utm_medium: the campaign's medium.
        paid_click: whether the page's address has an advertiser's click id.
    """
    return _classify(kind=kind, referred=referred, utm_medium=utm_medium, paid_click=paid_click).value


def _classify(*, referred: bool, kind: SourceKind | None, utm_medium: str, paid_click: bool) -> Channel:
    medium = utm_medium.lower()
    if paid_click or (kind is SourceKind.SEARCH and any(word in medium for word in _PAID_WORDS)):
        return Channel.PAID_SEARCH
    if kind is SourceKind.SEARCH:
        return Channel.ORGANIC_SEARCH
    if kind is SourceKind.SOCIAL:
        return Channel.SOCIAL
    if kind is SourceKind.EMAIL or medium == "email":
        return Channel.EMAIL
    return Channel.REFERRAL if referred else Channel.DIRECT
