"""An event in the making, and what the steps may look up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.agents import Agent
from core.channels import Channel
from core.events import Event, TrafficClass
from core.ids import Stamp
from core.locations import Location
from core.referrers import NO_REFERRER, Referrer
from core.screens import UNKNOWN
from core.visitors import Identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.channels import SourceKind
    from core.raw import RawEvent, Request
    from core.sites import Site

_NO_LOCATION: Final = Location("")
_NO_AGENT: Final = Agent("", "", "", "", "", bot=False)
_NO_STAMP: Final = Stamp(0, 0)
_NOBODY: Final = Identity(0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """The world behind the steps. All answer from memory; none blocks."""

    #: A user agent string's agent.
    agent: Callable[[str], Agent]
    #: The kind of a well-known host, without its www.
    source_kind: Callable[[str], SourceKind | None]
    #: The time and id of the event that is accepted now.
    stamp: Callable[[], Stamp]
    #: Who sent it: (ts, site, IP, user agent). Raises Unavailable without today's salt.
    identify: Callable[[int, int, str, str], Identity]


class Draft:
    """What is known so far of one event. Steps read what earlier ones put; nothing is ever taken back."""

    __slots__ = (
        "agent",
        "channel",
        "identity",
        "location",
        "lookups",
        "path",
        "raw",
        "referrer",
        "request",
        "screen",
        "site",
        "stamp",
        "traffic",
        "utm_campaign",
        "utm_medium",
        "utm_source",
    )

    def __init__(self, *, raw: RawEvent, request: Request, site: Site, lookups: Lookups) -> None:
        self.raw = raw
        self.request = request
        self.site = site
        self.lookups = lookups
        self.path = ""
        self.location = _NO_LOCATION
        self.referrer: Referrer = NO_REFERRER
        self.utm_source = ""
        self.utm_medium = ""
        self.utm_campaign = ""
        self.channel: str = Channel.DIRECT.value
        self.agent = _NO_AGENT
        self.traffic: int = TrafficClass.HUMAN.value
        self.screen: str = UNKNOWN
        self.stamp = _NO_STAMP
        self.identity = _NOBODY

    def event(self) -> Event:
        """Return the finished event."""
        raw, location, agent, stamp, identity = self.raw, self.location, self.agent, self.stamp, self.identity
        return Event(
            ts=stamp.ts,
            event_id=stamp.event_id,
            visitor=identity.visitor,
            prev=identity.prev,
            site=self.site.id,
            traffic=self.traffic,
            type=raw.type,
            name=raw.name,
            path=self.path,
            query=location.query,
            referrer=self.referrer.text,
            referrer_host=self.referrer.host,
            channel=self.channel,
            utm_source=self.utm_source,
            utm_medium=self.utm_medium,
            utm_campaign=self.utm_campaign,
            utm_content=location.utm_content,
            utm_term=location.utm_term,
            hostname=location.hostname,
            country="",
            region="",
            city="",
            browser=agent.browser,
            browser_version=agent.browser_version,
            os=agent.os,
            os_version=agent.os_version,
            device=agent.device,
            screen=self.screen,
            status=raw.status,
            engaged_ms=raw.engaged_ms,
            ip="",
            properties=raw.properties,
        )
