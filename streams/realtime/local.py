"""The single node's window: filled from the store, then told of every commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.realtime import summed
from core.realtime_window import Window
from core.spans import MINUTE, SECOND
from storage.realtime import recent
from streams.realtime.wire import HELD, decode_question, encode_view

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from psycopg_pool import AsyncConnectionPool

    from core.clock import Clock
    from core.events import Event
    from core.realtime import RealtimeView

#: How far back the store is read at the start: a minute more than the window, for clocks that differ.
_FILLED: Final = HELD + MINUTE


class LocalRealtime:
    """An engine's observer that knows the last minutes of all sites.

    Args:
        clock: tells what now is.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._window = Window(seconds=HELD // SECOND, start_ms=clock.now_ms() - _FILLED)

    async def fill(self, pool: AsyncConnectionPool) -> None:
        """Read the last minutes from the store; to be awaited before the engine opens, or events would come twice.

        Raises:
            psycopg.OperationalError: the store does not answer.
        """
        now = self._clock.now_ms()
        async with pool.connection() as connection:
            async for sight in recent(connection, after_ms=now - _FILLED):
                self._window.add((sight,), now)

    def opened(self, partition: int) -> None:
        """Nothing to do: what was committed stays true, and there is one owner."""

    def committed(self, partition: int, events: Sequence[Event]) -> None:  # noqa: ARG002 - there is one partition
        """Count the events."""
        self._window.add(events, self._clock.now_ms())

    def closed(self, partition: int) -> None:
        """Nothing to do either."""

    def forget(self, sites: Collection[int]) -> None:
        """Let go of deleted sites."""
        self._window.forget(sites)

    def restart(self, sites: Collection[int]) -> None:
        """Begin anew with sites of which somebody was forgotten; until they can be told the store is asked."""
        self._window.advance(self._clock.now_ms())
        self._window.restart(sites)

    def view(self, site: int, window_ms: int) -> RealtimeView | None:
        """The site's window now; None if it is not held, or too big to be."""
        if window_ms != HELD:
            return None
        now = self._clock.now_ms()
        part = self._window.part(site, now)
        return None if part is None else summed([part], now_ms=now, window_ms=HELD)

    async def answer(self, question: bytes) -> bytes:
        """Answer what `AskedRealtime` asks through the local socket."""
        return encode_view(self.view(*decode_question(question)))
