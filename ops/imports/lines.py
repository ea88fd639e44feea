"""One line of an import: when it happened and who sent it; the rest is a body as a collector takes it. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

from core.errors import InvalidInput
from core.networks import parse_address

#: A line may not be longer than a request's body.
LINE_LIMIT: Final = 65_536
#: Times before this are a unit mistaken, not a visit: 2000-01-01 UTC in ms.
_EARLIEST: Final = 946_684_800_000


class Line(NamedTuple):
    """`time` in ms since 1970 UTC; empty text means none."""

    time: int
    ip: str
    user_agent: str


class _Line(msgspec.Struct):
    time: int | float | str | None = None
    ip: str | None = None
    user_agent: str | None = None


_DECODER: Final = msgspec.json.Decoder(_Line)


def read_line(text: bytes, *, now: int) -> Line:
    """Return what the line says beside the body.

    Args:
        text: one JSON object: the body of a collect request plus `time` (ms since 1970 UTC, or ISO 8601, in UTC unless
            it says otherwise), `ip` and `user_agent`.
        now: later times are refused, ms.

    Raises:
        InvalidInput: the message says what is wrong.
    """
    if len(text) > LINE_LIMIT:
        raise InvalidInput(f"the line has {len(text)} bytes, more than {LINE_LIMIT}")
    try:
        line = _DECODER.decode(text)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"wrong type: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"not one JSON object: {error}") from error
    time = _milliseconds(line.time)
    if time < _EARLIEST:
        raise InvalidInput("time is before the year 2000: write milliseconds since 1970, or ISO 8601")
    if time > now:
        raise InvalidInput("time is in the future")
    if line.ip and parse_address(line.ip) is None:
        raise InvalidInput("ip is no IP address")
    return Line(time, line.ip or "", line.user_agent or "")


def _milliseconds(time: float | str | None) -> int:
    if time is None:
        raise InvalidInput("time is missing: write milliseconds since 1970, or ISO 8601")
    if not isinstance(time, str):
        try:
            return int(time)
        except (ValueError, OverflowError) as error:
            raise InvalidInput("time is no number of milliseconds") from error
    try:
        read = datetime.fromisoformat(time)
        if read.tzinfo is None:
            read = read.replace(tzinfo=UTC)
        since = read - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("time is not ISO 8601, such as 2026-01-31T12:00:00Z") from error
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000
