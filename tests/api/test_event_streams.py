"""An answer that lasts: what ends it, whatever its source does."""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, Final

import pytest

from api import event_streams
from api.errors import HttpError
from api.event_streams import EventStream, OpenStreams, message, retry
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from api.asgi import Message

NOTHING: Final[dict[str, str]] = {"type": "http"}


class Client:
    """The server's side of a connection: what was sent, and a client that may hang or go."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.hangs = False
        self.gone = asyncio.Event()

    async def receive(self) -> Message:
        """The disconnect, once it is there."""
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take it, or never."""
        if self.hangs:
            await asyncio.Event().wait()
        self.sent.append(message)

    @property
    def ended(self) -> bool:
        """Whether the answer came to its end."""
        return self.sent[-1].get("more_body") is False


async def endless() -> AsyncGenerator[bytes, None]:
    """Comments for ever."""
    while True:
        yield b":\n\n"
        await asyncio.sleep(0.001)


async def one() -> AsyncGenerator[bytes, None]:
    """A message."""
    yield message(b"{}", "a")


async def broken() -> AsyncGenerator[bytes, None]:
    """A message, then a bug."""
    yield message(b"{}", "a")
    raise RuntimeError("a bug")


@pytest.fixture
def telemetry() -> Measurements:
    """What is measured."""
    return Measurements()


@pytest.fixture
def streams(telemetry: Measurements) -> OpenStreams:
    """Two places."""
    return OpenStreams(most=2, ending=asyncio.Event(), telemetry=telemetry)


def test_the_words_of_the_format() -> None:
    """Each ends with an empty line."""
    assert (message(b"{}", "a"), retry(2_000)) == (b"id: a\ndata: {}\n\n", b"retry: 2000\n\n")


async def test_a_source_that_ends_ends_the_answer(streams: OpenStreams, telemetry: Measurements) -> None:
    """In order; its place is free again."""
    client = Client()
    await EventStream(one(), streams)(NOTHING, client.receive, client.send)
    start, *bodies = client.sent
    assert start["status"] == 200
    assert {name for name, _ in start["headers"]} == {b"content-type", b"cache-control", b"x-accel-buffering"}
    assert [body["body"] for body in bodies] == [b"id: a\ndata: {}\n\n", b""]
    assert client.ended
    assert telemetry.gauges == {"footfall_streams_open": 0}


@pytest.mark.parametrize("how", ["gone", "ending", "lifetime", "hangs"])
async def test_what_ends_an_endless_answer(
    streams: OpenStreams, telemetry: Measurements, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """A client that goes or hangs is left without an end, others get theirs."""
    client = Client()
    monkeypatch.setattr(event_streams, "_PATIENCE_SECONDS", 0.05)
    if how == "lifetime":
        monkeypatch.setattr(event_streams, "_LIFETIME_SECONDS", 0.05)
    running = asyncio.ensure_future(EventStream(endless(), streams)(NOTHING, client.receive, client.send))
    await asyncio.sleep(0.02)
    assert telemetry.gauges == {"footfall_streams_open": 1}
    if how == "gone":
        client.gone.set()
    elif how == "ending":
        streams.ending.set()
    elif how == "hangs":
        client.hangs = True
    await asyncio.wait_for(running, 5)
    assert client.ended == (how in {"ending", "lifetime"})
    assert telemetry.gauges == {"footfall_streams_open": 0}


async def test_a_hanging_client_does_not_hold_up_the_end(streams: OpenStreams, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the process."""
    monkeypatch.setattr(event_streams, "_PATIENCE_SECONDS", 0.05)
    client = Client()
    running = asyncio.ensure_future(EventStream(endless(), streams)(NOTHING, client.receive, client.send))
    await asyncio.sleep(0.01)
    client.hangs = True
    streams.ending.set()
    await asyncio.wait_for(running, 5)
    assert not client.ended


async def test_a_bug_is_not_swallowed(streams: OpenStreams, telemetry: Measurements) -> None:
    """The server logs it and cuts the line."""
    client = Client()
    with pytest.raises(RuntimeError, match="a bug"):
        await EventStream(broken(), streams)(NOTHING, client.receive, client.send)
    assert not client.ended
    assert telemetry.gauges == {"footfall_streams_open": 0}


async def test_places_are_bounded(streams: OpenStreams) -> None:
    """And there is none while the process ends."""
    with streams.place(), streams.place(), pytest.raises(HttpError, match="too many streams"), streams.place():
        pass
    with streams.place():
        pass
    streams.ending.set()
    with pytest.raises(HttpError, match="being stopped"), streams.place():
        pass


async def test_compressed_chunks_can_be_read_as_they_come(streams: OpenStreams) -> None:
    """Each by itself, and what is said again costs next to nothing."""

    async def source() -> AsyncGenerator[bytes, None]:
        for number in range(3):
            await asyncio.sleep(0)
            yield b"data: %d %b\n\n" % (number, b"<p>long</p>" * 100)

    client = Client()
    await EventStream(source(), streams, compressed=True)(NOTHING, client.receive, client.send)
    chunks = [sent["body"] for sent in client.sent if sent.get("body")]
    reader = zlib.decompressobj(wbits=31)
    read = [reader.decompress(chunk) for chunk in chunks]
    assert [chunk[:7] for chunk in read[:3]] == [b"data: 0", b"data: 1", b"data: 2"]
    assert len(chunks[2]) < 60
