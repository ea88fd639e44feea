"""The engine process's end of the local socket: appends go to the runner, questions to whoever registered for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import msgspec

from core.errors import FootfallError, InvalidInput, NotFound, Overloaded, Refused
from streams.codec import decode
from streams.local.frames import Failure, FrameReader, Operation, pack, pack_failure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.events import Event
    from streams.engine import Dead
    from streams.local.runner import Runner

_log = logging.getLogger(__name__)

#: Answers a question; raises a `FootfallError` to have it raised on the other side.
Handler: TypeAlias = Callable[[bytes], Awaitable[bytes]]
#: Questions of one connection that are being answered at a time.
_ASKED_LIMIT: Final = 64


class Server:
    """Serves a Unix socket that only this user can reach.

    Args:
        path: where the socket is made; at most 107 bytes long.
        runner: takes the events.
        handlers: take the questions, by kind.
    """

    def __init__(self, path: Path, runner: Runner, handlers: Mapping[str, Handler]) -> None:
        self._path = path
        self._runner = runner
        self._handlers = handlers
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    async def start(self) -> None:
        """Begin to listen; a socket file that a dead process left is replaced.

        Raises:
            OSError: the socket cannot be made there.
        """
        self._path.unlink(missing_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(self._connection, str(self._path))
        self._path.chmod(0o600)

    async def stop(self) -> None:
        """Close the socket and its connections. Stop the runner first, so that what waits is answered."""
        if self._server is not None:
            self._server.close()
        await asyncio.sleep(0)  # the runner's last answers are callbacks of its futures
        for connection in list(self._connections):
            connection.close()
        self._path.unlink(missing_ok=True)

    def _connection(self) -> _Connection:
        return _Connection(self._runner, self._handlers, self._connections)


class _Connection(asyncio.Protocol):
    """One http process."""

    def __init__(self, runner: Runner, handlers: Mapping[str, Handler], connections: set[_Connection]) -> None:
        self._runner = runner
        self._handlers = handlers
        self._connections = connections
        self._frames = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._asked: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by class
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        self._connections.discard(self)
        for task in self._asked:
            task.cancel()

    def close(self) -> None:
        """Write what is buffered and hang up."""
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        try:
            for operation, number, *rest in self._frames.feed(data):
                if operation == Operation.APPEND:
                    self._append(number, *rest)
                elif operation == Operation.ASK:
                    self._ask(number, *rest)
                else:
                    raise InvalidInput(f"operation {operation} is not for the engine")  # noqa: TRY301 - as any bad frame
        except (InvalidInput, TypeError) as error:
            _log.error("closing a connection that sent nonsense: %s", error)
            self.close()

    def _send(self, operation: Operation, number: int, *rest: object) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(pack(operation, number, *rest))

    def _append(self, number: int, counts: list[int], message: bytes) -> None:
        try:
            events = decode(message).events
            done = self._runner.submit(events)
        except FootfallError as error:
            self._send(Operation.FAILURE, number, *pack_failure(error))
            return
        done.add_done_callback(lambda future: self._appended(number, counts, events, future))

    def _appended(
        self, number: int, counts: list[int], events: Sequence[Event], future: asyncio.Future[tuple[Dead, ...]]
    ) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._send(Operation.FAILURE, number, *pack_failure(error if isinstance(error, Exception) else Exception()))
            return
        failures = _failures(counts, events, future.result())
        self._send(Operation.ANSWER, number, msgspec.msgpack.encode(failures) if failures else b"")

    def _ask(self, number: int, kind: str, payload: bytes) -> None:
        if len(self._asked) >= _ASKED_LIMIT:
            error = Overloaded(f"{_ASKED_LIMIT} questions are being answered")
            self._send(Operation.FAILURE, number, *pack_failure(error))
            return
        task = asyncio.create_task(self._answer(number, kind, payload), name=f"ask {kind}")
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    async def _answer(self, number: int, kind: str, payload: bytes) -> None:
        try:
            if kind not in self._handlers:
                raise NotFound(f"the engine answers no {kind!r}")  # noqa: TRY301 - as any answer's error
            answer = await self._handlers[kind](payload)
        except FootfallError as error:
            self._send(Operation.FAILURE, number, *pack_failure(error))
        except Exception as error:  # noqa: BLE001 - whoever asked must hear of it, and the next question may work
            _log.exception("the question %r failed", kind)
            self._send(Operation.FAILURE, number, *pack_failure(error))
        else:
            self._send(Operation.ANSWER, number, answer)


def _failures(counts: Sequence[int], events: Sequence[Event], dead: Sequence[Dead]) -> list[tuple[int, Failure]]:
    """The requests of an append that hold an event that was left out, each with the first one's error."""
    if not dead:
        return []
    errors: dict[int, str] = {}
    for one in dead:
        errors.setdefault(id(one.event), one.error)
    failures: list[tuple[int, Failure]] = []
    begin = 0
    for request, count in enumerate(counts):
        error = next((errors[id(event)] for event in events[begin : begin + count] if id(event) in errors), None)
        if error is not None:
            failures.append((request, pack_failure(Refused(error))))
        begin += count
    return failures
