"""What a collector makes of the traffic, by the real steps and the real look-ups, at the times of the requests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from api.lookups.agents import Agents
from api.lookups.hosts import Hosts
from core.drops import DropReason
from core.enrich.draft import Lookups
from core.enrich.pipeline import Enriched, Enrichment
from core.ids import Stamper
from core.places import nowhere
from core.spans import day_of
from core.telemetry import NoTelemetry
from core.visitors import DaySalt, Visitors
from tests.streams.scenes import HandClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.sites import Site
    from tests.parity.traffic import Sent

_KEY: Final = b"k" * 32


class Collected(NamedTuple):
    """What is handed to the log, in the order in which it arrives there, and how many were dropped by reason."""

    accepted: tuple[Enriched, ...]
    dropped: Counter[DropReason]


def collect(traffic: Sequence[Sent], sites: Sequence[Site]) -> Collected:
    """Run every request through the steps."""
    clock = HandClock()
    salts: dict[int, DaySalt] = {}

    def salt_of(day: int) -> DaySalt:
        return salts.setdefault(day, DaySalt(day.to_bytes(32, "big")))

    stamper = Stamper(clock, lambda below: below // 2)
    visitors = Visitors(bucket_key=_KEY, salt_of=salt_of)
    lookups = Lookups(
        agent=Agents.bundled(),
        source=Hosts.bundled(),
        place=nowhere,
        stamp=stamper.mint,
        identify=visitors.identify,
    )
    enrichment = Enrichment(lookups=lookups, clock=clock, telemetry=NoTelemetry())
    arriving: list[tuple[int, Enriched]] = []
    dropped: Counter[DropReason] = Counter()
    for sent in traffic:
        clock.now = sent.at
        outcome = enrichment.run(sent.raw, sent.request, sites[sent.site])
        if isinstance(outcome, DropReason):
            dropped[outcome] += 1
        else:
            arriving.append((sent.arrives, outcome))
    arriving.sort(key=lambda pair: pair[0])
    return Collected(tuple(outcome for _, outcome in arriving), dropped)


def days_of(collected: Collected) -> list[int]:
    """The UTC days (start, ms) on which something was accepted."""
    return sorted({day_of(outcome.event.ts) for outcome in collected.accepted})
