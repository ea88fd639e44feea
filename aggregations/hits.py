"""What is answered about hits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Hit(NamedTuple):
    """One view of a page, by its own values, as the store's events have them; '' and 0 mean none."""

    site: int
    event_id: int
    ts: int  # ms since 1970 UTC
    path: str
    query: str
    hostname: str
    referrer: str  # host and path
    country: str
    region: str
    city: str
    browser: str
    browser_version: str
    os: str
    os_version: str
    device: str
    utm_source: str
    visitor: int  # hash of the visitor on the UTC day
    ip: str  # where the site keeps it


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Some hits, in their order."""

    rows: tuple[Hit, ...]
    total: int  #: of all that were chosen


class HitGroup(NamedTuple):
    """The hits with one value."""

    value: str
    hits: int
    unique: int  # of these, those with which their visitors saw the page for the first time on the UTC day


@dataclass(frozen=True, slots=True, kw_only=True)
class HitGroups:
    """Some values of hits: the most hits first, then by value."""

    rows: tuple[HitGroup, ...]
    total: int  #: of all values


class AddressHits(NamedTuple):
    """The hits of one page from one address."""

    site: int
    ip: str
    path: str
    hits: int
