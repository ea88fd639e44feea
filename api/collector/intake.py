"""The way of raw events to the log, whatever dialect they came in."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol

from core.drops import DropReason
from core.enrich.pipeline import Enriched
from core.errors import Overloaded
from core.events import TrafficClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.enrich.pipeline import Enrichment
    from core.events import Event
    from core.ports import EventLog
    from core.raw import RawEvent, Request
    from core.sites import Site
    from core.telemetry import Telemetry


class SiteFinder(Protocol):
    """Knows sites by the text of their UUID; `api.collector.sites.Sites` does."""

    def known(self, text: str) -> Site | None:
        """Return the site if it is in memory."""
        ...

    async def find(self, text: str) -> Site | None:
        """Return the site, or None if there is none.

        Raises:
            Unavailable: that cannot be told now.
        """
        ...


class Intake:
    """Finds the sites, runs the steps, and waits until what is left is durable.

    `enrichment` has the steps of what browsers send, `sent` those of what programs do.
    """

    def __init__(
        self,
        *,
        sites: SiteFinder,
        enrichment: Enrichment,
        sent: Enrichment,
        log: EventLog,
        telemetry: Telemetry,
    ) -> None:
        self._sites = sites
        self._enrichment = enrichment
        self._sent = sent
        self._log = log
        self._telemetry = telemetry

    async def take(self, raws: Sequence[tuple[str, RawEvent]], request: Request) -> int:
        """Store the (site's UUID, event) pairs in one commit and return how many of them were a human's.

        Raises:
            Unavailable: nothing is known to be stored; the client should come again.
            Refused: the store refuses one of the events for what it contains.
        """
        if len(raws) == 1:
            ((key, raw),) = raws
            return await self.take_from(self._sites.known(key) or await self._sites.find(key), raw, request)
        outcomes: list[Enriched | DropReason] = []
        for key, of_site in groupby(raws, itemgetter(0)):
            site = self._sites.known(key) or await self._sites.find(key)
            events = [raw for _, raw in of_site]
            outcomes += self._enrichment.run_all(events, [request] * len(events), site)
        return await self._append([outcome for outcome in outcomes if isinstance(outcome, Enriched)])

    async def take_from(self, site: Site | None, raw: RawEvent, request: Request) -> int:
        """Do what `take` does with one event of a site that was found already, or was not."""
        outcome = self._enrichment.run(raw, request, site)
        return await self._append([outcome] if isinstance(outcome, Enriched) else [])

    async def take_sent(self, site: Site, events: Sequence[tuple[RawEvent, Request]]) -> list[Event | DropReason]:
        """Store what a program tells of a site, in one commit; return of each what became of it.

        Raises:
            Unavailable, Refused: as `take` does.
        """
        outcomes = self._sent.run_all([raw for raw, _ in events], [request for _, request in events], site)
        await self._append([outcome for outcome in outcomes if isinstance(outcome, Enriched)])
        return [outcome.event if isinstance(outcome, Enriched) else outcome for outcome in outcomes]

    async def _append(self, accepted: list[Enriched]) -> int:
        if not accepted:
            return 0
        try:
            await self._log.append(accepted)
        except Overloaded:
            self._telemetry.add("footfall_events_dropped_total", len(accepted), reason=DropReason.OVERLOADED)
            raise
        humans = [event.traffic for _, event in accepted].count(TrafficClass.HUMAN.value)
        if humans:
            self._telemetry.add("footfall_events_accepted_total", humans, traffic="human")
        if humans < len(accepted):
            self._telemetry.add("footfall_events_accepted_total", len(accepted) - humans, traffic="bot")
        return humans
