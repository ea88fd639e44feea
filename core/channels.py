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


def classify(*, referrer_host: str, kind: SourceKind | None, utm_medium: str, paid_click: bool) -> Channel:
    """Return the channel. `referrer_host` is empty where there is none or it is the site's own; `kind` is its kind."""
    medium = utm_medium.lower()
    if paid_click or (kind is SourceKind.SEARCH and any(word in medium for word in _PAID_WORDS)):
        return Channel.PAID_SEARCH
    if kind is SourceKind.SEARCH:
        return Channel.ORGANIC_SEARCH
    if kind is SourceKind.SOCIAL:
        return Channel.SOCIAL
    if kind is SourceKind.EMAIL or medium == "email":
        return Channel.EMAIL
    return Channel.REFERRAL if referrer_host else Channel.DIRECT
