"""`python -m benches.tools.client`: a lean HTTP client that sends the requests of a file in turn.

With `--rate` each request has its time, whether earlier ones were answered or not, and its latency counts from then:
a server that stalls cannot slow the load down and look better for it. Without, each connection sends its next request
when the last one was answered.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import time
from collections import deque
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import uvloop

from benches.tools import requests
from benches.tools.figures import percentile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TICK: Final = 0.002
#: Seconds to wait for the last answers.
_PATIENCE: Final = 10.0
_STATUS: Final = slice(9, 12)
_NO_CONTENT: Final = b"204"
_LENGTH: Final = b"content-length: "


class Client:
    """Connections, what waits for one of them, and how long answers took (ms)."""

    def __init__(self, bodies: Sequence[bytes], *, until: float) -> None:
        self._bodies: Iterator[bytes] = cycle(bodies)
        self._until = until
        self._idle: list[_Connection] = []
        self._due: deque[float] = deque()
        self.waits: list[float] = []
        self.wrong = 0
        self.under_way = 0

    def due(self, at: float) -> None:
        """Send a request that should leave at `at`, now or when a connection is free."""
        self.under_way += 1
        if self._idle:
            self._idle.pop().send(next(self._bodies), at)
        else:
            self._due.append(at)

    def answered(self, connection: _Connection, since: float, status: bytes) -> None:
        """Note an answer, and give the connection what waits."""
        self.under_way -= 1
        self.waits.append((time.perf_counter() - since) * 1e3)
        self.wrong += not status.startswith(b"2")
        if self._due:
            connection.send(next(self._bodies), self._due.popleft())
        else:
            self._idle.append(connection)

    def lost(self) -> None:
        """Note a request that is never answered."""
        self.under_way -= 1
        self.wrong += 1

    async def closed_loop(self) -> None:
        """Keep every connection busy until the time is up."""
        while time.perf_counter() < self._until:
            while self._idle:
                self.due(time.perf_counter())
            await asyncio.sleep(0)

    async def open_loop(self, rate: float) -> None:
        """Send each request at its time."""
        gap, at = 1 / rate, time.perf_counter()
        while at < self._until:
            while at <= time.perf_counter():
                self.due(at)
                at += gap
            await asyncio.sleep(_TICK)

    async def connect(self, port: int, connections: int) -> None:
        """Open the connections."""
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            _, connection = await loop.create_connection(lambda: _Connection(self), "127.0.0.1", port)
            self._idle.append(connection)


class _Connection(asyncio.Protocol):
    """One connection with at most one request on it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._transport: asyncio.Transport | None = None
        self._since = 0.0
        self._waiting = False
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by class

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._waiting:
            self._waiting = False
            self._client.lost()

    def send(self, request: bytes, since: float) -> None:
        """Send a request; its wait counts from `since`."""
        if self._transport is None or self._transport.is_closing():
            self._client.lost()
            return
        self._since, self._waiting = since, True
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received + data
        head = received.find(b"\r\n\r\n")
        if head < 0 or len(received) < head + 4 + _content_length(received, head):
            self._received = received
            return
        self._received = b""
        self._waiting = False
        self._client.answered(self, self._since, received[_STATUS])


def _content_length(received: bytes, head: int) -> int:
    if received[_STATUS] == _NO_CONTENT:
        return 0
    at = received.index(_LENGTH, 0, head) + len(_LENGTH)
    return int(received[at : received.index(b"\r\n", at)])


async def _run(port: int, bodies: Sequence[bytes], *, connections: int, seconds: float, rate: float | None) -> None:
    began = time.perf_counter()
    client = Client(bodies, until=began + seconds)
    await client.connect(port, connections)
    await (client.open_loop(rate) if rate else client.closed_loop())
    spent = time.perf_counter() - began
    while client.under_way and time.perf_counter() < began + seconds + _PATIENCE:  # noqa: ASYNC110 - the last of many answers
        await asyncio.sleep(_TICK)
    client.waits.sort()
    print(
        json.dumps(
            {
                "answered": len(client.waits),
                "wrong": client.wrong + client.under_way,
                "seconds": spent,
                "p50_ms": percentile(client.waits, 50),
                "p99_ms": percentile(client.waits, 99),
            }
        )
    )


def main() -> None:
    """Send, then print what came of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--requests", type=Path, required=True, help="a file, see benches/tools/requests.py")
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rate", type=float, help="requests a second")
    given = parser.parse_args()
    gc.disable()
    bodies = requests.read(given.requests)
    uvloop.run(
        _run(given.port, bodies, connections=given.connections, seconds=given.seconds, rate=given.rate),
    )


if __name__ == "__main__":
    main()
