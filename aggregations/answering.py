"""How queries are answered: a few at a time, each in a thread and a snapshot of its own, none for too long."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Concatenate, Final, NamedTuple, ParamSpec, TypeVar

import psycopg
from psycopg_pool import PoolTimeout

from aggregations.archive.kept import KeptDays
from aggregations.basis import Basis
from aggregations.planner import months_around
from aggregations.question_reading import QuestionReading
from aggregations.turns import Turns
from core.errors import InvalidInput, Unavailable
from storage.reports import give_up_after
from storage.snapshots import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg_pool import ConnectionPool

    from aggregations.archive.kept import Day
    from aggregations.planner import Span
    from core.clock import Clock
    from core.query import Query
    from core.telemetry import Telemetry
    from storage.archive.store import ArchiveStore

P = ParamSpec("P")
T = TypeVar("T")

#: Reports that run at a time in a process: more would only make each of them slower. Questions, which look at events
#: and may take long, have turns of their own, so that nobody waits for them.
QUICK: Final = 2
QUESTIONS: Final = 2
#: Reports that may wait for their turn, of either kind.
WAITING: Final = 200
#: Seconds after which one of its statements is given up.
LONGEST: Final = 60


class Moment(NamedTuple):
    """What was found out in one snapshot, for all that is asked in it."""

    days: dict[tuple[int, int], Day | None]  #: by site and start
    bases: dict[tuple[Query, Span], Basis]  #: by what is read, and the months around it


class Answering:
    """What all reports share.

    Args:
        pool: connections to read with; closed by whoever opened it.
        clock: to measure.
        telemetry: where the time of each report goes.
        archive: where files are that questions are answered from, if there are any.
    """

    def __init__(
        self, pool: ConnectionPool, *, clock: Clock, telemetry: Telemetry, archive: ArchiveStore | None
    ) -> None:
        self._pool = pool
        self._archive = archive
        self._clock = clock
        self._telemetry = telemetry
        self._days = KeptDays(telemetry=telemetry)
        self._moments: dict[int, Moment] = {}  # by the connection that is in the snapshot
        self._quick = Turns("report", at_a_time=QUICK, waiting=WAITING)
        self._questions = Turns("question", at_a_time=QUESTIONS, waiting=WAITING)

    def close(self) -> None:
        """Wait for the reports that run and let the threads end."""
        for turns in (self._quick, self._questions):
            turns.close()

    def _question(self, connection: psycopg.Connection, query: Query) -> QuestionReading:
        until = self._clock.monotonic() + LONGEST

        def in_time() -> None:
            if self._clock.monotonic() > until:
                raise _too_slow()

        return QuestionReading(
            connection,
            self._archive,
            query,
            in_time=in_time,
            longest=LONGEST,
            kept=self._days,
            days=self._moments[id(connection)].days,
        )

    def _basis(self, connection: psycopg.Connection, query: Query, span: Span) -> Basis:
        """What rollups of the site say of all months that the span touches."""
        bases, key = self._moments[id(connection)].bases, (query, months_around(span))
        if key not in bases:
            bases[key] = Basis.read(connection, query, span)
        return bases[key]

    @contextmanager
    def _snapshot(self) -> Iterator[psycopg.Connection]:
        try:
            with self._pool.connection() as connection, snapshot(connection):
                give_up_after(connection, seconds=LONGEST)
                self._moments[id(connection)] = Moment({}, {})
                try:
                    yield connection
                finally:
                    del self._moments[id(connection)]
        except psycopg.errors.QueryCanceled as error:
            raise _too_slow() from error
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Unavailable("the store does not answer: try again", retry_after=5) from error

    async def _run(
        self, name: str, report: Callable[Concatenate[Query, P], T], query: Query, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        turns = self._questions if query.is_filtered else self._quick
        return await turns.run(partial(self._timed, name, report, query, *args, **kwargs))

    async def _ask(self, name: str, report: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._questions.run(partial(self._timed, name, report, *args, **kwargs))

    def _timed(self, name: str, report: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        started = self._clock.monotonic()
        try:
            return report(*args, **kwargs)
        except InvalidInput:
            raise
        except Exception:
            self._telemetry.add("footfall_report_failures_total", report=name)
            raise
        finally:
            self._telemetry.observe("footfall_report_seconds", self._clock.monotonic() - started, report=name)


def _too_slow() -> Unavailable:
    return Unavailable(f"the report takes longer than {LONGEST} s: ask for fewer days", retry_after=LONGEST)
