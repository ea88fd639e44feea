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


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits with one value."""

    value: str
    count: int
    unique: int  #: of these, those with which their visitors saw the page for the first time on the UTC day


@dataclass(frozen=True, slots=True, kw_only=True)
class HitGroups:
    """Some values of hits: the greatest count first, then by value."""

    rows: tuple[HitGroup, ...]
    total: int  #: of all values


class AddressHits(NamedTuple):
    """The hits of one page from one address."""

    site: int
    ip: str
    path: str
    hits: int


class VisitorJourney(NamedTuple):
    """What one visitor saw on one UTC day, as far as it lies in the range; all but the pages is of the first view."""

    visitor: int  # hash of the visitor on that day
    first: int  # ts of the first view, ms
    last: int  # ts of the last one, ms
    pages: tuple[str, ...]  # their paths, in order; one seen again is there again
    referrer: str  # host and path
    country: str
    browser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorJourneys:
    """Some journeys, the latest that began first, and what all have in common."""

    rows: tuple[VisitorJourney, ...]
    total: int
    single: int  #: of all, those of one view
    entries: tuple[tuple[str, int], ...]  #: (path, visitors), some of the pages that journeys begin with; most first
    exits: tuple[tuple[str, int], ...]  #: the same of those that they end with
