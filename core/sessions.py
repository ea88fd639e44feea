"""A session: the row that is stored of it, its identity, and the change that one batch makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.events import StoredEvent


class SessionKey(NamedTuple):
    """Primary key of a session row. `start` is ms since 1970 UTC."""

    site: int
    start: int
    session_id: int


class Session(NamedTuple):
    """One session row. Source and device are those of its naming event (first view, else first action)."""

    site: int
    traffic: int  # TrafficClass, never FLOOD
    session_id: int
    visitor: int  # hash of the first event's day
    start: int  # ms
    last: int  # ms
    events: int
    views: int
    actions: int
    visit: bool  # views + actions > 0
    entry_path: str  # '' without a view
    exit_path: str
    channel: str
    referrer_host: str
    utm_source: str
    utm_medium: str
    utm_campaign: str
    utm_content: str
    utm_term: str
    hostname: str
    country: str
    region: str
    city: str
    browser: str
    browser_version: str
    os: str
    os_version: str
    device: str
    screen: str
    engaged_ms: int

    @property
    def key(self) -> SessionKey:
        """The row's primary key."""
        return SessionKey(self.site, self.start, self.session_id)


#: The columns that a session takes over from its naming event; named alike in `Event` and `Session`.
NAMING_COLUMNS = Session._fields[Session._fields.index("channel") : Session._fields.index("engaged_ms")]


class Link(NamedTuple):
    """`visitor` of the UTC day that begins at `day` (ms) is the person who was `prev` on the day before."""

    site: int
    traffic: int
    visitor: int
    prev: int
    day: int


class VisitorDay(NamedTuple):
    """All events of one person on one site, in one class, on the UTC day that begins at `day` (ms)."""

    site: int
    traffic: int
    visitor: int
    day: int


class FactsChange(NamedTuple):
    """A stored event whose session or facts are now different."""

    site: int
    visitor: int
    ts: int
    event_id: int
    session_id: int
    facts: int


@dataclass(slots=True)
class Delta:
    """All that one batch changes in the store, to be written in one transaction.

    `sessions` are upserted by key, `removed` are deleted (a key is never in both). `marks` are (site, start of a UTC
    hour in ms) whose rollups are no longer to be trusted.
    """

    events: list[StoredEvent] = field(default_factory=list)
    changes: list[FactsChange] = field(default_factory=list)
    sessions: dict[SessionKey, Session] = field(default_factory=dict)
    removed: set[SessionKey] = field(default_factory=set)
    links: set[Link] = field(default_factory=set)
    marks: set[tuple[int, int]] = field(default_factory=set)
    fast: int = 0  #: events that took the path in memory
    slow: int = 0  #: events whose visitor's day was recomputed
    duplicates: int = 0  #: events left out because the store or the batch had them already
    floods: int = 0  #: events stored beyond the visitor's daily limit


@dataclass(slots=True, frozen=True)
class Loaded:
    """What the store holds of the visitor-days a batch needs, and of the days linked to them on either side."""

    events: list[StoredEvent] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def session_id_of(site: int, traffic: int, visitor: int, start: int) -> int:
    """The session's identity: 64 bits of BLAKE2b over (site, class, visitor, start), signed, never 0."""
    digest = blake2b(b"%d|%d|%d|%d" % (site, traffic, visitor, start), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1
