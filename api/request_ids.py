"""A request's id: the one that a trusted proxy gave it, or one of our own."""

from __future__ import annotations

import re
from secrets import token_hex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from api.asgi import Scope
    from api.collector.clients import Clients

HEADER: Final = b"x-request-id"
#: What may stand in a log line. Anything else a client could have written.
_WELL_FORMED: Final = re.compile(rb"[0-9A-Za-z][0-9A-Za-z._-]{7,63}")
_BYTES: Final = 8


def request_id(scope: Scope, clients: Clients) -> str:
    """Return the id of an HTTP request; `clients` knows whom to believe."""
    if clients.is_forwarded(scope):
        given = [value for name, value in scope["headers"] if name == HEADER]
        if len(given) == 1 and _WELL_FORMED.fullmatch(given[0]):
            return bytes(given[0]).decode("ascii")
    return token_hex(_BYTES)
