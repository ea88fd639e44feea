"""Runs the steps over one event, counts what is dropped, and times one event in many."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Final, NamedTuple

from core.drops import DropReason
from core.enrich.draft import Draft
from core.enrich.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.clock import Clock
    from core.enrich.draft import Lookups
    from core.enrich.steps import Step
    from core.events import Event
    from core.raw import RawEvent, Request
    from core.sites import Site
    from core.telemetry import Telemetry

#: Timing a step costs more than the step; one event in this many is enough for a mean.
SAMPLE_EVERY: Final = 64


class Enriched(NamedTuple):
    """An event and the bucket that picks its partition."""

    bucket: int
    event: Event


class Enrichment:
    """The steps with what they look up. Pure but for its counters."""

    def __init__(
        self,
        *,
        lookups: Lookups,
        clock: Clock,
        telemetry: Telemetry,
        steps: Sequence[Step] = STEPS,
        sample_every: int = SAMPLE_EVERY,
    ) -> None:
        self._lookups = lookups
        self._monotonic = clock.monotonic
        self._telemetry = telemetry
        self._steps = tuple(steps)
        self._sampled = cycle([True] + [False] * (sample_every - 1))

    def run(self, raw: RawEvent, request: Request, site: Site | None) -> Enriched | DropReason:
        """Return the event, or why it is not one. `site` is None where nobody knows it.

        Raises:
            Unavailable: a step could not look up what it needs; nothing was accepted.
        """
        outcome = self._run(raw, request, site)
        if isinstance(outcome, DropReason):
            self._telemetry.add("footfall_events_dropped_total", reason=outcome)
        return outcome

    def _run(self, raw: RawEvent, request: Request, site: Site | None) -> Enriched | DropReason:
        if site is None:
            return DropReason.UNKNOWN_SITE
        draft = Draft(raw=raw, request=request, site=site, lookups=self._lookups)
        for step in self._steps if not next(self._sampled) else map(self._timed, self._steps):
            reason = step(draft)
            if reason is not None:
                return reason
        return Enriched(draft.identity.bucket, draft.event())

    def _timed(self, step: Step) -> Step:
        def timed(draft: Draft) -> DropReason | None:
            start = self._monotonic()
            reason = step(draft)
            name = step.__name__
            self._telemetry.add("footfall_step_seconds_total", self._monotonic() - start, step=name)
            self._telemetry.add("footfall_step_events_total", step=name)
            return reason

        return timed
