"""Values as PostgreSQL's binary format has them, where its driver's own way is too slow for a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg.adapt import Loader
from psycopg.pq import Format

if TYPE_CHECKING:
    from psycopg.abc import Buffer

#: The wire counts microseconds from 2000-01-01 UTC, this many after 1970.
_WIRE_EPOCH: Final = 946_684_800_000_000
_JSONB_VERSION: Final = b"\x01"


def wire_instant(ms: int) -> int:
    """The int8 that is a timestamptz on the wire; `ms` is since 1970 UTC. A COPY needs no datetime on the way."""
    return ms * 1_000 - _WIRE_EPOCH


def wire_jsonb(text: str) -> bytes:
    """The bytea that is a jsonb on the wire: the server, not the driver, reads the JSON."""
    return _JSONB_VERSION + text.encode()


class MillisecondsLoader(Loader):
    """Reads a binary timestamptz as int ms since 1970 UTC, for the cursors that register it."""

    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        """Return whole ms; a part of one is cut off."""
        return (int.from_bytes(data, "big", signed=True) + _WIRE_EPOCH) // 1_000
