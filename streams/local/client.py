"""An http process's end of the local socket: appends what the collector accepted, asks what only the engine knows."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from copy import copy
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec

from core.errors import FootfallError, InvalidInput, Overloaded, Unavailable
from streams.codec import NO_PRODUCER, encode
from streams.local.frames import Failure, FrameReader, Operation, pack, unpack_failure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.clock import Clock
    from core.events import Event
    from core.telemetry import Telemetry

_log = logging.getLogger(__name__)

_RECONNECT: Final = 0.1
_SWEEP: Final = 0.5
_failures: Final = msgspec.msgpack.Decoder(list[tuple[int, Failure]])


class _Request(NamedTuple):
    events: list[Event]
    done: asyncio.Future[None]


class _Append(NamedTuple):
    """A frame on its way."""

    requests: list[_Request]
    events: int
    sent_at: float  # monotonic


class SocketLog:
    """The event log of a single node (`core.ports.EventLog`), and questions to its engine process.

    Appends of one turn of the loop share a frame. A lost connection fails what is on its way with `Unavailable`, since
    nobody knows what became of it, and is made again in the background.

    Args:
        path: the engine's socket.
        clock: measures acknowledgements.
        telemetry: where the log's metrics go.
        limit: events that may be on their way; more are refused.
        timeout: seconds after which an append or a question is given up.
    """

    def __init__(
        self, path: Path, *, clock: Clock, telemetry: Telemetry, limit: int = 20_000, timeout: float = 15
    ) -> None:
        self._path = path
        self._clock = clock
        self._telemetry = telemetry
        self._limit = limit
        self._timeout = timeout
        self._numbers = itertools.count(1)
        self._pending: list[_Request] = []
        self._in_flight = 0
        self._appends: dict[int, _Append] = {}
        self._questions: dict[int, asyncio.Future[bytes]] = {}
        self._link: _Link | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        self._tasks = [
            asyncio.create_task(self._stay_connected(), name="socket log"),
            asyncio.create_task(self._sweep(), name="socket log timeouts"),
        ]

    async def stop(self) -> None:
        """Hang up; what is on its way fails."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._link is not None:
            self._link.close()
        self.lost("the connection was closed")

    async def ready(self) -> None:
        """Return if an append would be tried now.

        Raises:
            Overloaded: too much is on its way.
            Unavailable: the engine is not there.
        """
        self._check(0)

    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        """Return when all of these are committed; a bucket means nothing where there is one partition.

        Cancelling the call neither takes the events back nor disturbs other calls.

        Raises:
            InvalidInput: an event cannot be written as a message.
            Overloaded: too much is on its way; nothing was stored.
            Unavailable: the engine is not there, or did not say in time whether they were stored.
            Refused: the store refuses one of them.
        """
        if not events:
            return
        self._check(len(events))
        request = _Request([event for _, event in events], asyncio.get_running_loop().create_future())
        self._in_flight += len(request.events)
        if not self._pending:
            asyncio.get_running_loop().call_soon(self._flush)
        self._pending.append(request)
        await request.done

    async def ask(self, kind: str, payload: bytes = b"") -> bytes:
        """Return what the engine's handler for `kind` answers.

        Raises:
            NotFound: there is no such handler.
            Unavailable: the engine is not there, or did not answer in time.
            FootfallError: whatever the handler raised.
        """
        link = self._check(0)
        number = next(self._numbers)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._questions[number] = answer
        try:
            link.send(pack(Operation.ASK, number, kind, payload))
            async with asyncio.timeout(self._timeout):
                return await answer
        except TimeoutError as error:
            raise Unavailable(f"the engine did not answer within {self._timeout:g} s") from error
        finally:
            self._questions.pop(number, None)

    def _check(self, events: int) -> _Link:
        if self._link is None:
            raise Unavailable("the engine is not there")
        if self._in_flight and self._in_flight + events > self._limit:
            raise Overloaded(f"{self._in_flight} events wait to be stored")
        return self._link

    def _flush(self) -> None:
        requests, self._pending = self._pending, []
        events = [event for request in requests for event in request.events]
        if self._link is None:
            self._settle(requests, len(events), Unavailable("the engine is not there"))
            return
        try:
            message = encode(NO_PRODUCER, 0, events)
        except InvalidInput as error:
            self._flush_apart(requests, error)
            return
        number = next(self._numbers)
        self._appends[number] = _Append(requests, len(events), self._clock.monotonic())
        self._link.send(pack(Operation.APPEND, number, [len(request.events) for request in requests], message))
        self._telemetry.set("footfall_log_in_flight_events", self._in_flight)

    def _flush_apart(self, requests: list[_Request], error: InvalidInput) -> None:
        """One of the requests cannot be written: it alone hears of it."""
        if len(requests) == 1:
            self._settle(requests, len(requests[0].events), error)
            return
        for request in requests:
            self._pending = [request]
            self._flush()

    def received(self, frame: tuple[Any, ...]) -> None:
        """Take an answer of the engine."""
        operation, number, *rest = frame
        if number in self._appends:
            append = self._appends.pop(number)
            self._telemetry.observe("footfall_log_ack_seconds", self._clock.monotonic() - append.sent_at)
            if operation == Operation.ANSWER:
                failures = _failures.decode(rest[0]) if rest[0] else []
                for request, failure in failures:
                    _fail(append.requests[request].done, unpack_failure(failure))
                self._settle(append.requests, append.events, None)
            else:
                self._refused(append, _error(rest))
        elif number in self._questions:
            answer = self._questions.pop(number)
            if operation != Operation.ANSWER:
                _fail(answer, _error(rest))
            elif not answer.done():
                answer.set_result(rest[0])

    def _refused(self, append: _Append, error: FootfallError) -> None:
        if isinstance(error, InvalidInput):
            self._flush_apart(append.requests, error)
        else:
            self._settle(append.requests, append.events, error)

    def connected(self, link: _Link) -> None:
        """Send over this link from now on."""
        self._link = link

    def lost(self, reason: str) -> None:
        """Fail everything whose answer can no longer come."""
        self._link = None
        error = Unavailable(f"{reason}; whether the events were stored is not known")
        while self._appends:
            _, append = self._appends.popitem()
            self._settle(append.requests, append.events, error)
        for answer in self._questions.values():
            _fail(answer, Unavailable(reason))

    def _settle(self, requests: Sequence[_Request], events: int, error: FootfallError | None) -> None:
        self._in_flight -= events
        self._telemetry.set("footfall_log_in_flight_events", self._in_flight)
        if error is not None:
            self._telemetry.add("footfall_log_failures_total")
        for request in requests:
            if error is not None:
                _fail(request.done, error)
            elif not request.done.done():
                request.done.set_result(None)

    async def _stay_connected(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(OSError):
                _, link = await loop.create_unix_connection(lambda: _Link(self), str(self._path))
                await link.gone
            await asyncio.sleep(_RECONNECT)

    async def _sweep(self) -> None:
        """Give up what the engine does not answer, and say how old the oldest append is."""
        while True:
            await asyncio.sleep(_SWEEP)
            now = self._clock.monotonic()
            for number, append in list(self._appends.items()):
                if now - append.sent_at > self._timeout:
                    del self._appends[number]
                    error = Unavailable(f"the engine did not answer within {self._timeout:g} s")
                    self._settle(append.requests, append.events, error)
            oldest = min((append.sent_at for append in self._appends.values()), default=now)
            self._telemetry.set("footfall_log_oldest_in_flight_seconds", now - oldest)


class _Link(asyncio.Protocol):
    """One connection to the engine."""

    def __init__(self, owner: SocketLog) -> None:
        self._owner = owner
        self._frames = FrameReader()
        self._transport: asyncio.Transport | None = None
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by class
        self._owner.connected(self)

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._frames.feed(data):
                self._owner.received(frame)
        except (InvalidInput, msgspec.DecodeError, ValueError, IndexError) as error:
            _log.error("hanging up on an engine that sent nonsense: %s", error)
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.lost(f"the engine hung up ({exc})" if exc else "the engine hung up")
        if not self.gone.done():
            self.gone.set_result(None)

    def send(self, frame: bytes) -> None:
        """Write a frame; a link that is closing loses it, and its requests are failed by that."""
        if self._transport is not None:
            self._transport.write(frame)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _error(rest: Sequence[Any]) -> FootfallError:
    name, text, retry_after = rest
    return unpack_failure((name, text, retry_after))


def _fail(future: asyncio.Future[Any], error: FootfallError) -> None:
    if not future.done():
        future.set_exception(copy(error))  # each waiter grows a traceback of its own
