"""Made-up visits as events, made by the steps that make real ones."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from api.lookups.agents import Agents
from api.lookups.hosts import Hosts
from core.drops import DropReason
from core.enrich.draft import Lookups
from core.enrich.pipeline import Enrichment
from core.ids import EPOCH, Stamp
from core.telemetry import NoTelemetry
from ops.demo.visits import place_of
from ops.imports.job import visitors_of

if TYPE_CHECKING:
    from core.clock import Clock
    from core.enrich.pipeline import Enriched
    from core.sites import Site
    from core.visitors import Identity
    from ops.demo.visits import Hit

#: Ids of a ms, as collectors mint them.
_IDS_BITS: Final = 12


class Enriching:
    """Turns hits into events of a site.

    Args:
        site: whose.
        salt: hashes their visitors.
        clock: measures the steps.
    """

    def __init__(self, site: Site, *, salt: bytes, clock: Clock) -> None:
        self._site = site
        self._stamp = Stamp(0, 0)
        self._visitors = visitors_of(salt)
        self._enrichment = Enrichment(
            lookups=Lookups(
                agent=Agents.bundled(),
                source=Hosts.bundled(),
                place=place_of,
                stamp=lambda: self._stamp,
                identify=self._identify,
            ),
            clock=clock,
            telemetry=NoTelemetry(),
        )

    def event(self, hit: Hit, *, id_: int | None = None) -> Enriched | None:
        """The event, with an id as collectors mint them unless one is given; None where the site leaves it out."""
        self._stamp = Stamp(hit.ts, _minted(hit.ts) if id_ is None else id_)
        found = self._enrichment.run(hit.raw, hit.request, self._site)
        return None if isinstance(found, DropReason) else found

    def _identify(self, ts: int, site: int, ip: str, user_agent: str) -> Identity:
        return self._visitors.identify(ts, site, ip, user_agent)


_random: Final = Random()  # noqa: S311 - ids are to be distinct, not secret


def _minted(ts: int) -> int:
    return (ts - EPOCH) << _IDS_BITS | _random.getrandbits(_IDS_BITS)
