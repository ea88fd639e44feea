"""Runs the steps over one event, counts what is dropped, and times one event in many."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Final, NamedTuple

from core.drops import DropReason
from core.enrich.draft import Draft
from core.enrich.steps import EXCLUSIONS, STEPS
from core.locations import parse_location

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.clock import Clock
    from core.enrich.draft import Lookups
    from core.enrich.steps import Step
    from core.events import Event
    from core.raw import RawEvent, Request
    from core.sites import Site
    from core.telemetry import Telemetry

#: Timing a step costs more than the step; one event in this many is enough for a mean.
SAMPLE_EVERY: Final = 64


def _uncounted(_site: int, _reason: DropReason, _host: str) -> None:
    """Where drops are counted by nobody else."""


class Enriched(NamedTuple):
    """An event and the bucket that picks its partition."""

    bucket: int
    event: Event


class Enrichment:
    """The steps with what they look up. Pure but for its counters."""

    def __init__(  # noqa: PLR0913 - what it looks up, whom it tells, and two knobs
        self,
        *,
        lookups: Lookups,
        clock: Clock,
        telemetry: Telemetry,
        dropped: Callable[[int, DropReason, str], None] = _uncounted,
        steps: Sequence[Step] = STEPS,
        sample_every: int = SAMPLE_EVERY,
    ) -> None:
        """Make the list of steps ready.

        Args:
            lookups: what the steps may look up.
            clock: times them.
            telemetry: is told of every drop by its reason.
            dropped: is told of every drop of a known site: its `id`, the reason, and the host if that was it.
            steps: in their order.
            sample_every: of so many events one is timed.
        """
        self._lookups = lookups
        self._monotonic = clock.monotonic
        self._telemetry = telemetry
        self._dropped = dropped
        self._steps = tuple(steps)
        # On the hot path even steps that do nothing are felt.
        self._few = tuple(step for step in steps if step not in EXCLUSIONS)
        self._sampled = cycle([True] + [False] * (sample_every - 1))

    def run(self, raw: RawEvent, request: Request, site: Site | None) -> Enriched | DropReason:
        """Return the event, or why it is not one. `site` is None where nobody knows it.

        Raises:
            Unavailable: a step could not look up what it needs; nothing was accepted.
        """
        outcome = self._run(raw, request, site)
        if isinstance(outcome, DropReason):
            self._telemetry.add("footfall_events_dropped_total", reason=outcome)
            if site is not None:
                host = parse_location(raw.url).hostname if outcome is DropReason.OTHER_HOST else ""
                self._dropped(site.id, outcome, host)
        return outcome

    def _run(self, raw: RawEvent, request: Request, site: Site | None) -> Enriched | DropReason:
        if site is None:
            return DropReason.UNKNOWN_SITE
        draft = Draft(raw=raw, request=request, site=site, lookups=self._lookups)
        steps = self._steps if site.excludes else self._few
        for step in steps if not next(self._sampled) else map(self._timed, steps):
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
