"""The message of the log, written and read."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.errors import InvalidInput
from core.events import Event, EventType, TrafficClass
from streams.codec import COLUMNS, MANY, ROWS, Packet, decode, encode
from streams.shapes import PATH_LIMIT, PROPERTIES_LIMIT, TEXT_LIMIT

VIEW = Event(
    ts=1_784_000_000_000,
    event_id=2**53,
    visitor=-(2**63),
    prev=2**63 - 1,
    site=1,
    traffic=TrafficClass.HUMAN.value,
    type=EventType.PAGE_VIEW.value,
    name="",
    path="/café/\N{SNOWMAN}",
    query="",
    referrer="news.example/a",
    referrer_host="news.example",
    channel="Referral",
    utm_source="",
    utm_medium="",
    utm_campaign="",
    utm_content="",
    utm_term="",
    hostname="shop.example",
    country="DE",
    region="BE",
    city="Berlin",
    browser="Firefox",
    browser_version="140",
    os="Linux",
    os_version="",
    device="desktop",
    screen="lg",
    status=200,
    engaged_ms=2**31 - 1,
    ip="",
    properties='{"a":1}',
)


@pytest.mark.parametrize(
    "events",
    [
        (),
        (VIEW,),
        (VIEW, VIEW._replace(type="custom", name="sign up", traffic=1)),
        (VIEW,) * MANY,
        tuple(VIEW._replace(event_id=number, path=f"/{number % 300}", traffic=number % 2) for number in range(5_000)),
    ],
    ids=len,
)
def test_a_message_is_read_as_it_was_written(events: tuple[Event, ...]) -> None:
    """What goes in comes out, equal and as events."""
    packet = decode(encode(-7, 2**63 - 1, events))
    assert Packet(-7, 2**63 - 1, events) == packet
    assert all(isinstance(event, Event) for event in packet.events)


@pytest.mark.parametrize("count", [1, MANY])
def test_limits_are_inside(count: int) -> None:
    """A text, a path and properties of exactly their limits pass, in few events and in many."""
    event = VIEW._replace(name="n" * TEXT_LIMIT, path="/" * PATH_LIMIT, properties="p" * PROPERTIES_LIMIT)
    assert (event,) * count == decode(encode(1, 1, [event] * count)).events


@pytest.mark.parametrize(
    "change",
    [
        {"ts": -1},
        {"ts": 2**63},
        {"event_id": 2**63},
        {"visitor": "a"},
        {"site": 2**31},
        {"site": -1},
        {"traffic": 2},
        {"traffic": 3},
        {"type": "pageview"},
        {"status": 2**15},
        {"engaged_ms": 2**31},
        {"engaged_ms": -1},
        {"engaged_ms": 1.5},
        {"city": None},
        {"city": b"Berlin"},
        {"name": "a\0b"},
        {"screen": "\0"},
        {"ip": "\0"},
        {"properties": "\0"},
        {"name": "n" * (TEXT_LIMIT + 1)},
        {"path": "/" * (PATH_LIMIT + 1)},
        {"properties": "p" * (PROPERTIES_LIMIT + 1)},
    ],
    ids=lambda change: f"{next(iter(change))}={str(next(iter(change.values())))[:12]!r}",
)
def test_what_no_column_can_hold_is_refused(change: dict[str, Any]) -> None:
    """One bad value in one of two events refuses the message, by rows and by columns."""
    fields = VIEW._asdict() | change
    rows = [tuple(VIEW), tuple(fields.values())]
    columns = [(values, None) for values in zip(*rows, strict=True)]
    for message in ((ROWS, 1, 1, rows), (COLUMNS, 1, 1, columns)):
        with pytest.raises(InvalidInput):
            decode(msgspec.msgpack.encode(message))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xc1",
        b'{"json": true}',
        encode(1, 1, [VIEW])[:-1],
        encode(1, 1, [VIEW]) + b"\0",
        encode(1, 1, [VIEW]).replace(b"Berlin", b"Berl\xed\xa0"),
        encode(1, 1, [VIEW] * MANY)[:-1],
        encode(1, 1, [VIEW] * MANY) + b"\0",
        encode(1, 1, [VIEW] * MANY).replace(b"Berlin", b"Berl\xed\xa0"),
        msgspec.msgpack.encode((COLUMNS + 1, 1, 1, [])),
        msgspec.msgpack.encode((ROWS, 1, 1)),
        msgspec.msgpack.encode((ROWS, 1, 1, [], 1)),
        msgspec.msgpack.encode((ROWS, 1, 1, [tuple(VIEW)[:-1]])),
        msgspec.msgpack.encode((ROWS, 1, 1, [(*VIEW, 1)])),
        msgspec.msgpack.encode((COLUMNS, 1, 1, [])),
        msgspec.msgpack.encode((COLUMNS, 1, 1, [tuple(VIEW)])),
    ],
)
def test_what_is_no_message_is_refused(message: bytes) -> None:
    """Empty, cut, prolonged, foreign and newer messages all end in one error."""
    with pytest.raises(InvalidInput):
        decode(message)


@pytest.mark.parametrize("change", [{"path": "\ud800"}, {"visitor": 2**64}])
@pytest.mark.parametrize("count", [1, MANY])
def test_what_cannot_be_written_says_so(change: dict[str, Any], count: int) -> None:
    """Half a surrogate pair has no UTF-8, in few events or in many."""
    with pytest.raises(InvalidInput):
        encode(1, 1, [VIEW._replace(**change)] * count)
