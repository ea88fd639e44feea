"""Totals of plans: sums of rollups, of rows where a mark is, and unique counts of cut days."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from aggregations.planner import Span, merged
from aggregations.rollups.zone import midnight_in
from core.metrics import Totals, add
from core.spans import DAY, day_of
from storage import reports, zones
from storage.pieces import Bucketed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aggregations.basis import Basis
    from aggregations.hours import HourCache
    from aggregations.planner import Plan
    from aggregations.question_reading import QuestionReading
    from core.query import Group
    from storage.zones import Halves


class TotalsReading:
    """The totals of one site in one snapshot.

    Args:
        basis: holds all spans that will be asked for.
        kept: parts (class, totals) that earlier readings found in marked hours.
        question: answers the same over frames, for what has no rows.
    """

    def __init__(self, basis: Basis, kept: HourCache[tuple[int, Totals]], question: QuestionReading) -> None:
        self._basis = basis
        self._question = question
        self._connection = basis.connection
        self._scope = basis.scope
        self._kept = kept

    def totals(self, spans: Sequence[Span], *, visitors: bool = True, visits: bool = True) -> list[Totals]:
        """Return the totals of neighbouring spans, in their order; maybe without visitors or visits if nobody asks."""
        if self._basis.query.group is not None:
            return self._group_totals(spans, self._basis.query.group)
        plans = self._plans(spans)
        archived = self._basis.archived([piece for made in plans for piece in made.rows])
        if archived is None:
            return self._question.totals(spans, visitors=visitors, visits=visits)
        begins = [span.begin for span in spans]
        parts: defaultdict[int, list[Totals]] = defaultdict(list)

        def bucket_of(ms: int) -> int:
            return bisect_right(begins, ms) - 1

        # One look into the index for neighbouring days, however many results they go to.
        rollups = [*merged(piece for made in plans for piece in made.rollups)]
        for bucket, totals in reports.rollup_totals(self._connection, self._scope, rollups, begins=begins):
            parts[bucket].append(totals)
        for whole in archived:
            asked = _cut(whole, begins)
            for span, totals in zip(asked, self._question.totals(asked, visitors=False), strict=True):
                parts[bucket_of(span.begin)].append(totals)
        rows = [
            Bucketed(bucket_of(piece.begin), piece)
            for made in plans
            for piece in made.rows
            if piece.begin >= self._basis.rows_from
        ]
        for bucket, totals in self._row_totals(rows):
            parts[bucket].append(totals)
        if visitors:
            cuts = [(bucket_of(cut.begin), *cut) for made in plans for cut in made.cuts]
            for bucket, distinct in self._visitors(cuts):
                parts[bucket].append(Totals(visitors=distinct))
        return [add(parts[bucket]) for bucket in range(len(spans))]

    def _plans(self, spans: Sequence[Span]) -> list[Plan]:
        """Plans that cover the spans, without a rollup that reaches over the end of one."""
        if len(spans) == 1:
            return [self._plan(spans[0])]
        if all(edge % DAY == 0 for span in spans for edge in span):
            return [self._plan(Span(spans[0].begin, spans[-1].end), by_month=False)]
        return [self._plan(span, by_month=False) for span in spans]

    def _plan(self, span: Span, *, by_month: bool = True) -> Plan:
        return self._basis.plan(span, by_month=by_month, hours_for_ever=self._scope.path is None)

    def _row_totals(self, pieces: Sequence[Bucketed]) -> Iterator[tuple[int, Totals]]:
        def count(asked: Sequence[Bucketed]) -> list[tuple[int, tuple[int, Totals]]]:
            rows = reports.row_totals(self._connection, self._scope, asked)
            return [(number, (traffic, totals)) for number, traffic, totals in rows]

        about = "site" if self._scope.path is None else f"path {self._scope.path}"
        for (bucket, piece), (traffic, totals) in self._basis.hours(pieces, self._kept, about, count):
            if traffic in self._scope.classes:
                yield bucket, totals if piece.whole else totals._replace(visitors=0)

    def _visitors(self, cuts: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
        """Distinct visitors of the parts of days (bucket, begin, end); what the midnight cuts is known."""
        counted = []
        known = self._halves({day_of(begin) for _, begin, _ in cuts}) if self._scope.path is None else {}
        for bucket, begin, end in cuts:
            day = day_of(begin)
            midnight = midnight_in(day, self._basis.query.zone) if day in known else None
            if midnight is not None and (begin, end) == (day, midnight):
                yield bucket, known[day].before
            elif midnight is not None and (begin, end) == (midnight, day + DAY):
                yield bucket, known[day].after
            else:
                counted.append((bucket, begin, end))
        for run in _runs([cut for cut in counted if cut[1] < self._basis.rows_from]):
            found = self._question.totals([Span(begin, end) for _, begin, end in run])
            yield from zip((bucket for bucket, _, _ in run), (totals.visitors for totals in found), strict=True)
        recent = [cut for cut in counted if cut[1] >= self._basis.rows_from]
        yield from reports.visitors(self._connection, self._scope, recent)

    def _halves(self, days: set[int]) -> dict[int, Halves]:
        """What is rolled up of the days without marks."""
        unmarked = days - {day_of(hour) for hour in self._basis.standing.marked}
        if not unmarked:
            return {}
        zone, classes = str(self._basis.query.zone), self._scope.classes
        return zones.of_days(self._connection, site=self._scope.site, zone=zone, classes=classes, days=unmarked)

    def _group_totals(self, spans: Sequence[Span], group: Group) -> list[Totals]:
        """Distinct visits and visitors do not add up, so all of it is counted on rows, or is one question."""
        if not self._basis.has_rows(Span(spans[0].begin, spans[-1].end)):
            return self._question.totals(spans)
        paths = self._basis.paths_of(Span(spans[0].begin, spans[-1].end), group)
        parts: defaultdict[int, list[Totals]] = defaultdict(list)
        for bucket, totals in reports.group_totals(
            self._connection,
            self._scope,
            [(bucket, *span) for bucket, span in enumerate(spans)],
            paths=paths,
        ):
            parts[bucket].append(totals)
        return [add(parts[bucket]) for bucket in range(len(spans))]


def _cut(span: Span, begins: Sequence[int]) -> list[Span]:
    """The parts of a span that lie in one result each."""
    edges = [span.begin, *(begin for begin in begins if span.begin < begin < span.end), span.end]
    return [Span(*edge) for edge in pairwise(edges)]


def _runs(cuts: Iterable[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """The parts of days (bucket, begin, end), neighbours together: they are one question."""
    runs: list[list[tuple[int, int, int]]] = []
    for cut in sorted(cuts, key=lambda cut: cut[1]):
        if runs and runs[-1][-1][2] == cut[1]:
            runs[-1].append(cut)
        else:
            runs.append([cut])
    return runs
