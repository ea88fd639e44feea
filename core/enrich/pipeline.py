"""Runs the steps over one event or over several, counts what is dropped, and times one event in many."""

from __future__ import annotations

from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from core.drops import DropReason
from core.enrich.column_steps import IN_COLUMNS
from core.enrich.draft import Draft
from core.enrich.drafts import Drafts
from core.enrich.steps import EXCLUSIONS, STEPS
from core.locations import parse_location

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.clock import Clock
    from core.enrich.column_steps import ColumnStep
    from core.enrich.draft import Lookups
    from core.enrich.steps import Step
    from core.events import Event
    from core.raw import RawEvent, Request
    from core.sites import Site
    from core.telemetry import Telemetry

#: Timing a step costs more than the step; one event in this many is enough for a mean.
SAMPLE_EVERY: Final = 64
#: Fewer events than this are cheaper one by one.
_FEW: Final = 4


def _uncounted(_site: int, _reason: DropReason, _host: str) -> None:
    """Where drops are counted by nobody else."""


class Enriched(NamedTuple):
    """An event and the bucket that picks its partition."""

    bucket: int
    event: Event


#: Makes one of the pair that it is, without a Python frame for each.
_enriched: Final[Callable[[tuple[int, Event]], Enriched]] = partial(tuple.__new__, Enriched)


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
        self._columns = tuple(IN_COLUMNS[step] for step in self._steps)
        self._few_columns = tuple(IN_COLUMNS[step] for step in self._few)
        self._sampled = cycle([True] + [False] * (sample_every - 1))

    def run(self, raw: RawEvent, request: Request, site: Site | None) -> Enriched | DropReason:
        """Return the event, or why it is not one. `site` is None where nobody knows it.

        Raises:
            Unavailable: a step could not look up what it needs; nothing was accepted.
        """
        outcome = self._run(raw, request, site)
        if isinstance(outcome, DropReason):
            self._tell(outcome, raw, site)
        return outcome

    def run_all(
        self, raws: Sequence[RawEvent], requests: Sequence[Request], site: Site | None
    ) -> list[Enriched | DropReason]:
        """Return what `run` does of each, in order, at a fraction of its price; all are accepted at one moment.

        Raises:
            Unavailable: as `run` does; none was accepted.
        """
        if site is None or len(raws) < _FEW:
            return [self.run(raw, request, site) for raw, request in zip(raws, requests, strict=True)]
        drafts = Drafts(raws=raws, requests=requests, site=site, lookups=self._lookups)
        steps = self._columns if site.excludes else self._few_columns
        timed = any(list(islice(self._sampled, len(raws))))
        for step in steps if not timed else map(self._timed_column, steps):
            step(drafts)
            if not drafts.row:
                break
        return self._outcomes(drafts, raws)

    def _outcomes(self, drafts: Drafts, raws: Sequence[RawEvent]) -> list[Enriched | DropReason]:
        enriched = list(map(_enriched, zip(drafts.bucket, drafts.events(), strict=True))) if drafts.row else []
        if not drafts.dropped:
            return [*enriched]
        outcomes: dict[int, Enriched | DropReason] = dict(zip(drafts.row, enriched, strict=True))
        outcomes |= drafts.dropped
        for row, reason in sorted(drafts.dropped.items()):
            self._tell(reason, raws[row], drafts.site)
        return [outcomes[row] for row in range(len(raws))]

    def _tell(self, reason: DropReason, raw: RawEvent, site: Site | None) -> None:
        self._telemetry.add("footfall_events_dropped_total", reason=reason)
        if site is not None:
            host = parse_location(raw.url).hostname if reason is DropReason.OTHER_HOST else ""
            self._dropped(site.id, reason, host)

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

    def _timed_column(self, step: ColumnStep) -> ColumnStep:
        def timed(drafts: Drafts) -> None:
            events = len(drafts.row)
            start = self._monotonic()
            step(drafts)
            name = step.__name__
            self._telemetry.add("footfall_step_seconds_total", self._monotonic() - start, step=name)
            self._telemetry.add("footfall_step_events_total", events, step=name)

        return timed
