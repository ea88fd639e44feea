"""Jobs are run as long as the process lasts, whatever fails."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from core.errors import FootfallError
from ops.jobs.bounds import BOUNDS
from ops.jobs.session import JobSession

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
    from contextlib import AbstractAsyncContextManager

    from psycopg import AsyncConnection

    from core.clock import Clock
    from core.jobs import JobKind, Work
    from core.telemetry import Telemetry
    from ops.jobs.bounds import Bounds

_log = logging.getLogger(__name__)

#: Pauses after failures, seconds: the first, and the longest.
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
#: After this without a round something keeps the loop, seconds.
_STANDSTILL: Final = 60.0
#: No statement takes so long, ms, and a server that cannot be reached is noticed within as much.
_LONGEST_STATEMENT: Final = 20_000


class JobRunner:
    """Shares the jobs of the installation with all others; an outage of the database only makes it wait."""

    def __init__(
        self,
        *,
        dsn: str,
        works: Callable[[], AbstractAsyncContextManager[Mapping[JobKind, Work]]],
        clock: Clock,
        telemetry: Telemetry,
        bounds: Mapping[JobKind, Bounds] = BOUNDS,
    ) -> None:
        """Begin without a connection; `works` opens what is done for each kind."""
        self._dsn = dsn
        self._works = works
        self._clock = clock
        self._telemetry = telemetry
        self._bounds = bounds
        self._problem: str | None = "the jobs begin"
        self._round_at = 0.0

    def problem(self) -> str | None:
        """Return why it can run no jobs now, or None; asked from any thread."""
        if self._problem is None and self._clock.monotonic() - self._round_at > _STANDSTILL:
            return f"no job was looked for within {_STANDSTILL:.0f} s"
        return self._problem

    async def run(self, ending: asyncio.Event) -> None:
        """Run jobs until `ending` is set."""
        await self._again(self._open, ending)

    async def _open(self, ending: asyncio.Event) -> None:
        async with self._works() as works:
            for kind in works:
                for outcome in ("succeeded", "failed", "cancelled"):
                    self._telemetry.add("footfall_job_runs_total", 0, kind=kind, outcome=outcome)
            await self._again(partial(self._serve, works), ending)

    async def _serve(self, works: Mapping[JobKind, Work], ending: asyncio.Event) -> None:
        async with connected(self._dsn) as connection:
            session = JobSession(
                connection,
                works,
                clock=self._clock,
                telemetry=self._telemetry,
                bounds=self._bounds,
                after_round=self._well,
            )
            await session.run(ending)

    def _well(self) -> None:
        self._problem, self._round_at = None, self._clock.monotonic()

    async def _again(self, do: Callable[[asyncio.Event], Coroutine[Any, Any, None]], ending: asyncio.Event) -> None:
        """Do something until it returns, with growing pauses in between."""
        pause = _FIRST_PAUSE
        while not ending.is_set():
            began = self._clock.monotonic()
            try:
                await do(ending)
            except (psycopg.OperationalError, FootfallError) as error:
                self._problem = f"jobs cannot be run: {error}"
                _log.warning("Jobs are run again in %.0f s: %s", pause, error)
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody else runs them
                self._problem = f"jobs cannot be run: {error!r}"
                _log.exception("Jobs are run again in %.0f s", pause)
            else:
                return
            if self._clock.monotonic() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


@contextlib.asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[AsyncConnection]:
    """A connection of its own that commits each statement and soon notices that the server is gone.

    Raises:
        psycopg.OperationalError: the server does not answer.
    """
    given = str(conninfo_to_dict(dsn).get("options") or "")
    connection = await psycopg.AsyncConnection.connect(
        dsn,
        autocommit=True,
        application_name="footfall jobs",
        options=f"{given} -c TimeZone=UTC -c statement_timeout={_LONGEST_STATEMENT}".strip(),
        connect_timeout=10,
        keepalives_idle=5,
        keepalives_interval=5,
        keepalives_count=3,
        tcp_user_timeout=_LONGEST_STATEMENT,
    )
    try:
        yield connection
    finally:
        await connection.close()
