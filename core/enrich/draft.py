"""An event in the making, and what the steps may look up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.agents import Agent
from core.channels import Channel
from core.events import Event, TrafficClass
from core.ids import Stamp
from core.locations import Location, whole_query
from core.places import NO_PLACE, Place
from core.referrers import NO_REFERRER, Referrer
from core.screens import UNKNOWN
from core.visitors import Identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.channels import Source
    from core.raw import RawEvent, Request
    from core.sites import Site

_NO_LOCATION: Final = Location("")
_NO_AGENT: Final = Agent("", "", "", "", "", bot=False)
_NO_STAMP: Final = Stamp(0, 0)
_NOBODY: Final = Identity(0, 0, 0)


def nobody(_: str) -> bool:
    """The ignore list of those who have none."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """The world behind the steps. All answer from memory; none blocks."""

    #: A user agent string's agent.
    agent: Callable[[str], Agent]
    #: What a well-known host is, without its www.
    source: Callable[[str], Source | None]
    #: Where an address is, given in its canonical form or as ''.
    place: Callable[[str], Place]
    #: The time and id of the event that is accepted now.
    stamp: Callable[[], Stamp]
    #: Who sent it: (ts, site, IP, user agent). Raises Unavailable without today's salt.
    identify: Callable[[int, int, str, str], Identity]
    #: Whether an address, given as above, is on the server's ignore list.
    ignored: Callable[[str], bool] = nobody
    #: So many stamps at a time, where that costs less than one after the other.
    stamps: Callable[[int], list[Stamp]] | None = None

    def stamps_of(self, count: int) -> list[Stamp]:
        """Return the stamps of so many events that are accepted now, one or more."""
        return self.stamps(count) if self.stamps is not None else [self.stamp() for _ in range(count)]


class Draft:
    """What is known so far of one event. Steps read what earlier ones put; nothing is ever taken back."""

    # Defaults stand here, not in the constructor: on the hot path even an assignment is felt.
    path: str = ""
    location: Location = _NO_LOCATION
    referrer: Referrer = NO_REFERRER
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    channel: str = Channel.DIRECT.value
    place: Place = NO_PLACE
    agent: Agent = _NO_AGENT
    traffic: int = TrafficClass.HUMAN.value
    screen: str = UNKNOWN
    stamp: Stamp = _NO_STAMP
    identity: Identity = _NOBODY

    def __init__(self, *, raw: RawEvent, request: Request, site: Site, lookups: Lookups) -> None:
        self.raw = raw
        self.request = request
        self.site = site
        self.lookups = lookups

    def event(self) -> Event:
        """Return the finished event."""
        raw, location, place, agent = self.raw, self.location, self.place, self.agent
        stamp, identity = self.stamp, self.identity
        # Calling Event with 32 arguments takes five times as long as making it of the tuple that it is.
        return tuple.__new__(
            Event,
            (
                stamp.ts,
                stamp.event_id,
                identity.visitor,
                identity.prev,
                self.site.id,
                self.traffic,
                raw.type,
                raw.name,
                self.path,
                location.query if not raw.keeps_query else whole_query(raw.url),
                self.referrer.text,
                self.referrer.host,
                self.channel,
                self.utm_source,
                self.utm_medium,
                self.utm_campaign,
                location.utm_content,
                location.utm_term,
                location.hostname,
                place.country,
                place.region,
                place.city,
                agent.browser,
                agent.browser_version,
                agent.os,
                agent.os_version,
                agent.device,
                self.screen,
                raw.status,
                raw.engaged_ms,
                self.request.ip if raw.keeps_ip and self.site.keep_ips else "",
                raw.properties,
            ),
        )
