"""An event: what a collector made of one request, and the row that is stored of it.

Named tuples rather than dataclasses: an event crosses the log as an array and enters the store by COPY as a row, so on
the hot path it is never taken apart.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class TrafficClass(IntEnum):
    """The verdict on an event, fixed once and stored. Humans and bots never share a session."""

    HUMAN = 0  #: counted
    BOT = 1  #: counted where a report includes bots
    FLOOD = 2  #: beyond the visitor's daily limit: stored, counted nowhere


class Kind(IntEnum):
    """What an event means to a session."""

    VIEW = 0  #: a page was seen; its subject is the path
    ACTION = 1  #: a custom event or an outbound click; its subject is type and name
    PASSIVE = 2  #: a tab closed, a scroll mark: extends a visit, never opens one


class EventType(StrEnum):
    """Every type that is stored. A type sent by a client that is not here becomes CUSTOM, named by it."""

    PAGE_VIEW = "page_view"
    CUSTOM = "custom"
    OUTBOUND_LINK = "outbound_link"
    CLOSE_TAB = "close_tab"
    SCROLL_25 = "scroll_25"
    SCROLL_50 = "scroll_50"
    SCROLL_75 = "scroll_75"
    ENGAGEMENT = "engagement"
    WEB_VITALS = "web_vitals"


#: The kind of each type, keyed by its stored text.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        EventType.PAGE_VIEW.value: Kind.VIEW,
        EventType.CUSTOM.value: Kind.ACTION,
        EventType.OUTBOUND_LINK.value: Kind.ACTION,
        EventType.CLOSE_TAB.value: Kind.PASSIVE,
        EventType.SCROLL_25.value: Kind.PASSIVE,
        EventType.SCROLL_50.value: Kind.PASSIVE,
        EventType.SCROLL_75.value: Kind.PASSIVE,
        EventType.ENGAGEMENT.value: Kind.PASSIVE,
        EventType.WEB_VITALS.value: Kind.PASSIVE,
    },
)

#: The types that open a visit, and those that do not.
ACTIVE_TYPES: Final = tuple(type_ for type_, kind in KINDS.items() if kind is not Kind.PASSIVE)
PASSIVE_TYPES: Final = tuple(type_ for type_, kind in KINDS.items() if kind is Kind.PASSIVE)


class Event(NamedTuple):
    """One accepted event. Empty text and 0 mean none; nothing is null.

    `ts` is ms since 1970 UTC, fixed by the collector's clock; (`ts`, `event_id`) is the order of events everywhere.
    `visitor` is a signed 64-bit hash that lives on the UTC day of `ts`, 0 where there is no visitor (then the event has
    no session and no facts). `prev` is the same person's hash of the day before, sent only before 00:30 UTC. `prev` is
    not a column of the stored row.
    """

    ts: int
    event_id: int
    visitor: int
    prev: int
    site: int
    traffic: int  # TrafficClass
    type: str  # EventType
    name: str  # of an action
    path: str
    query: str  # the address's campaign parameters only
    referrer: str  # host and path, no query
    referrer_host: str
    channel: str
    utm_source: str
    utm_medium: str
    utm_campaign: str
    utm_content: str
    utm_term: str
    hostname: str
    country: str  # ISO 3166 code
    region: str
    city: str
    browser: str
    browser_version: str
    os: str
    os_version: str
    device: str
    screen: str  # width bucket
    status: int  # HTTP status of a view's page, where the tracker knows it
    engaged_ms: int
    ip: str  # only where a site's owner asked for it
    properties: str  # a JSON object, or ''


#: Makes an event of the tuple that it is, without a Python frame for each; nobody looks whether anything is missing.
event_of: Final[Callable[[tuple[Any, ...]], Event]] = partial(tuple.__new__, Event)


class Facts(IntEnum):
    """Bits that make unique counts plain sums; set only on active events of class human or bot."""

    NEW = 1  #: the visitor's first active event of the UTC day
    S1 = 2  #: the first event with this subject in its session
    D1 = 4  #: the first event with this subject of the visitor's UTC day


class StoredEvent(NamedTuple):
    """An event as it stands in the store: with its session and its facts (a sum of `Facts`)."""

    event: Event
    session_id: int  # 0: none
    facts: int


def order_key(event: Event) -> tuple[int, int]:
    """The order of events: "first", "last" and "before" mean this, never the order of arrival."""
    return event.ts, event.event_id
