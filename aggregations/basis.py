"""What the reports of a site are read from: its scope, its plans and its rows, in one snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from aggregations.hours import HourKey
from aggregations.planner import Span, merged, months_around, plan
from core.spans import HOUR, LONGEST_SESSION
from storage import reports, standing
from storage.pieces import Bucketed
from storage.reports import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg import Connection

    from aggregations.hours import HourCache
    from aggregations.planner import Plan
    from core.query import Group, Query
    from storage.pieces import Piece
    from storage.standing import Standing

T = TypeVar("T")

#: So many questions cost less than one over a whole range: of the two days at its ends, and of local midnights nearby.
_FEW: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One site as it is in one snapshot."""

    connection: Connection  #: in the snapshot
    query: Query  #: whose site, scope and classes are read, over whatever spans
    scope: Scope
    standing: Standing
    rows_from: int  #: start (ms) of the first day with rows, and with hours of all rollups; before, files are read
    plans: dict[tuple[Span, bool, bool, bool], Plan] = field(default_factory=dict)  #: those made already

    @classmethod
    def read(cls, connection: Connection, query: Query, around: Span) -> Basis:
        """Look at the site's rollups of all months that the span touches; nothing beyond will be asked for."""
        wide = months_around(around)
        found = standing.of_site(connection, query.site, begin=wide.begin, end=wide.end)
        scope = Scope(query.site, query.classes, query.path)
        return cls(connection=connection, query=query, scope=scope, standing=found, rows_from=found.rows_from)

    def has_rows(self, span: Span) -> bool:
        """Whether events of the span, and visits that they are in, are read from rows."""
        return span.begin - LONGEST_SESSION >= self.rows_from

    def archived(self, rows: Sequence[Piece]) -> list[Span] | None:
        """Return what of a plan's rows is read as questions, neighbours as one.

        None if all of the plan should rather be one question: it is too many, or counts that are distinct over days
        would have to be put together from parts of days.
        """
        old = [piece for piece in rows if piece.begin < self.rows_from]
        spans = [Span(piece.begin, piece.end) for piece in merged(old)]
        return None if len(spans) > _FEW or any(piece.whole for piece in old) else spans

    def plan(
        self, span: Span, *, by_month: bool = True, added_later: bool = False, hours_for_ever: bool = False
    ) -> Plan:
        """A plan, of days and hours alone where months do not serve.

        Of a rollup that was added later, with the rows of the days that it misses. Only the site's own totals have
        hours for ever.
        """
        key = (span, by_month, added_later, hours_for_ever)
        if key not in self.plans:
            marked = self.standing.marked.keys()
            self.plans[key] = plan(
                span,
                marked=marked | self.standing.missed if added_later else marked,
                months={month: rolled.through for month, rolled in self.standing.months.items()} if by_month else {},
                hours_from=0 if hours_for_ever else self.rows_from,
            )
        return self.plans[key]

    def paths_of(self, span: Span, group: Group) -> list[str]:
        """The paths of the group that are known in the span."""
        made = self.plan(span)
        pieces = [Bucketed(0, piece) for piece in (*made.rollups, *made.rows)]
        return [path for path in reports.paths(self.connection, self.scope, pieces) if group.has(path)]

    def hours(
        self,
        pieces: Sequence[Bucketed],
        kept: HourCache[T],
        about: str,
        count: Callable[[Sequence[Bucketed]], Sequence[tuple[int, T]]],
    ) -> Iterator[tuple[Bucketed, T]]:
        """Every piece of rows with each of its parts: whole hours out of the cache, ragged ends counted now.

        `count` takes pieces numbered by their bucket and gives (number, part).
        """
        whole = {self._key(about, hour.piece.begin): hour for hour in pieces if _is_whole(hour)}

        def count_hours(keys: Sequence[HourKey]) -> dict[HourKey, list[T]]:
            counted: dict[HourKey, list[T]] = {key: [] for key in keys}
            for number, part in count([Bucketed(number, whole[key].piece) for number, key in enumerate(keys)]):
                counted[keys[number]].append(part)
            return counted

        for key, parts in kept.get([*whole], count_hours).items():
            yield from ((whole[key], part) for part in parts)
        ragged = [piece for piece in pieces if not _is_whole(piece)]
        for number, part in count([Bucketed(number, piece) for number, (_, piece) in enumerate(ragged)]):
            yield ragged[number], part

    def _key(self, about: str, hour: int) -> HourKey:
        return HourKey(self.scope.site, about, hour, self.standing.marked.get(hour, ()))


def _is_whole(hour: Bucketed) -> bool:
    return hour.piece.end - hour.piece.begin == HOUR
