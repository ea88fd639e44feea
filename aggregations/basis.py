"""What the reports of a site are read from: its scope, its plans and its rows, in one snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from aggregations.hours import HourKey
from aggregations.planner import months_around, plan
from core.spans import DAY, HOUR, day_of
from storage import reports, standing
from storage.archive import retention
from storage.pieces import Bucketed
from storage.reports import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from psycopg import Connection

    from aggregations.hours import HourCache
    from aggregations.planner import Plan, Span
    from core.query import Group, Query
    from storage.archive.retention import RowDays
    from storage.standing import Standing

T = TypeVar("T")

#: No visit lasts as long.
_LONGEST_VISIT: Final = 36 * HOUR


class NoRows(Exception):  # noqa: N818 - named by what is the case
    """What rollups do not say is asked of days that are in files only: a question can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One site as it is in one snapshot."""

    connection: Connection  #: in the snapshot
    query: Query  #: whose site, scope and classes are read, over whatever spans
    scope: Scope
    standing: Standing
    row_days: RowDays  #: which days of the span have rows

    @classmethod
    def read(cls, connection: Connection, query: Query, around: Span) -> Basis:
        """Look at the site's rollups of all months that the span touches; nothing beyond will be asked for."""
        wide = months_around(around)
        found = standing.of_site(connection, query.site, begin=wide.begin, end=wide.end)
        scope = Scope(query.site, query.classes, query.path)
        days = retention.row_days(connection, site=query.site, begin=wide.begin - _LONGEST_VISIT, end=wide.end)
        return cls(connection=connection, query=query, scope=scope, standing=found, row_days=days)

    def has_rows(self, spans: Iterable[tuple[int, int]]) -> bool:
        """Return whether all of the spans (begin, end), ms, have rows."""
        first = self.row_days.rows_from
        return all(self.row_days.has(day) for begin, end in spans for day in range(day_of(begin), min(end, first), DAY))

    def require_rows(self, spans: Iterable[tuple[int, int]]) -> None:
        """Return if all of the spans (begin, end), ms, have rows.

        Raises:
            NoRows: a day in them has not.
        """
        if not self.has_rows(spans):
            raise NoRows

    def plan(self, span: Span, *, by_month: bool = True, added_later: bool = False) -> Plan:
        """A plan, of days and hours alone where months do not serve.

        Of a rollup that was added later, with the rows of the days that it misses.
        """
        marked = self.standing.marked.keys()
        return plan(
            span,
            marked=marked | self.standing.missed if added_later else marked,
            months={month: rolled.through for month, rolled in self.standing.months.items()} if by_month else {},
        )

    def paths_of(self, span: Span, group: Group) -> list[str]:
        """The paths of the group that are known in the span, of which there are rows from the longest visit before."""
        self.require_rows([(span.begin - _LONGEST_VISIT, span.end)])
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
        self.require_rows((hour.piece.begin, hour.piece.end) for hour in pieces)
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
