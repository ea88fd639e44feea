"""Funnels out of the store: the visits of a range in pieces, as many at a time as fit into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations import funnel
from core.errors import Unavailable
from core.spans import DAY, SECOND
from storage import frames
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg import Connection

    from aggregations.planner import Span
    from core.query import Query

#: Most visits and most events of a piece: few megabytes, unless every path is of the greatest length.
MOST: Final = 50_000
#: A piece is as long as its rows allow, within these bounds, ms.
_LONGEST: Final = 32 * DAY
_SHORTEST: Final = SECOND


class FunnelReading:
    """One funnel of one site in one snapshot.

    Args:
        connection: in the snapshot.
        query: whose site, classes and group are read.
        steps: paths, and types or names of events; see `funnel.steps_taken`.
        in_time: raises when it has taken too long; asked before each piece.
        most: visits and events of a piece.
    """

    def __init__(
        self,
        connection: Connection,
        query: Query,
        steps: Sequence[str],
        *,
        in_time: Callable[[], None],
        most: int = MOST,
    ) -> None:
        self._connection = connection
        self._query = query
        self._steps = steps
        self._in_time = in_time
        self._most = most

    def count(self, span: Span) -> list[int]:
        """Return for each step the visits that began in the span, with all their events, and took it.

        Raises:
            Unavailable: a second has more visits or events than fit into memory.
        """
        counts = [0] * len(self._steps)
        begin, length = span.begin, DAY
        while begin < span.end:
            self._in_time()
            end = min(begin + length, span.end)
            taken = self._piece(begin, end)
            if taken is not None:
                counts = [sum(pair) for pair in zip(counts, taken, strict=True)]
                begin, length = end, min(length * 2, _LONGEST)
            elif length > _SHORTEST:
                length = max(min(length, end - begin) // 2, _SHORTEST)
            else:
                raise Unavailable(f"the visits of one second have more than {self._most} steps of the funnel")
        return counts

    def _piece(self, begin: int, end: int) -> list[int] | None:
        """The visits that took each step, or None if there are too many rows."""
        span = {"site": self._query.site, "begin": instant(begin), "most": self._most + 1}
        classes = [int(traffic) for traffic in self._query.classes]
        visits = frames.read(
            self._connection, "funnels.visits", {**span, "end": instant(end), "classes": classes}, funnel.VISITS
        )
        if visits.height > self._most:
            return None
        if visits.is_empty():
            return [0] * len(self._steps)
        group, last = self._query.group, visits.select(pl.col("last").max()).item()
        asked = {
            **span,
            "end": instant(last + 1),
            "sessions": visits["session_id"].to_list(),
            "views": group is not None,
            "paths": [step for step in self._steps if funnel.is_path(step)],
            "words": [step for step in self._steps if not funnel.is_path(step)],
        }
        events = frames.read(self._connection, "funnels.events", asked, funnel.EVENTS)
        if events.height > self._most:
            return None
        return funnel.steps_taken(events, self._steps, has=None if group is None else group.has)
