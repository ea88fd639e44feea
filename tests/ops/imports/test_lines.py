"""A line's time and sender."""

from __future__ import annotations

import json

import pytest

from core.errors import InvalidInput
from ops.imports.lines import LINE_LIMIT, Line, read_line

NOW = 1_780_000_000_000


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (1_700_000_000_123, 1_700_000_000_123),
        (1_700_000_000_123.9, 1_700_000_000_123),
        ("2023-11-14T22:13:20.123Z", 1_700_000_000_123),
        ("2023-11-14T23:13:20.123+01:00", 1_700_000_000_123),
        ("2023-11-14 22:13:20", 1_700_000_000_000),
        (NOW, NOW),
    ],
)
def test_times_are_milliseconds_or_iso(time: float | str, expected: int) -> None:
    """Numbers are ms since 1970; texts without an offset are UTC; now is not the future."""
    assert read_line(json.dumps({"time": time}).encode(), now=NOW).time == expected


def test_the_sender_may_be_unknown() -> None:
    """Address and user agent are optional; other fields are the body's."""
    line = b'{"time": 1700000000000, "ip": "192.0.2.7", "user_agent": "x", "path": "/a"}'
    assert Line(1_700_000_000_000, "192.0.2.7", "x") == read_line(line, now=NOW)
    assert Line(1_700_000_000_000, "", "") == read_line(b'{"time": 1700000000000, "ip": null}', now=NOW)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "not one JSON object"),
        (b"[1]", "wrong type"),
        (b'{"time": 1} {"time": 2}', "not one JSON object"),
        (b'{"path": "/"}', "time is missing"),
        (b'{"time": true}', "wrong type"),
        (b'{"time": "yesterday"}', "ISO 8601"),
        (b'{"time": "0001-01-01T00:00:00+23:59"}', "before the year 2000"),
        (b'{"time": 1e400}', "time|JSON"),
        (b'{"time": 1700000000}', "before the year 2000"),
        (b'{"time": %d}' % (NOW + 1), "future"),
        (b'{"time": 1700000000000, "ip": "300.1.1.1"}', "no IP address"),
        (b'{"time": 1700000000000, "user_agent": "\xff"}', "not one JSON object"),
        (b"[" * 30_000, "wrong type|JSON"),
        (b" " * (LINE_LIMIT + 1), "more than 65536"),
    ],
)
def test_a_wrong_line_says_what_is_wrong(text: bytes, message: str) -> None:
    """Whatever the bytes are, the answer is one sentence."""
    with pytest.raises(InvalidInput, match=message):
        read_line(text, now=NOW)
