"""Starts the demo page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from core.errors import InvalidInput, Unavailable
from ops import web
from ops.demo_page.application import create_app

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

_PATIENCE_SECONDS: Final = 10
_GRACE_SECONDS: Final = 1.0


def check_server(text: str) -> str:
    """Return the address of a running Footfall, without a slash at its end.

    Raises:
        InvalidInput: it is no address of HTTP.
        Unavailable: no Footfall answers there.
    """
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise InvalidInput(f"{text} is no address of a server: write it as http://127.0.0.1:8000")
    server = text.rstrip("/")
    try:
        with urlopen(f"{server}/js/tracker.js", timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310 - the scheme is checked
            if "javascript" in answer.headers.get_content_type():
                return server
    except HTTPError as error:
        raise Unavailable(f"{server} answers {error.code} for the tracker: is that Footfall?") from error
    except (URLError, OSError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise Unavailable(
            f"no Footfall answers at {server} ({reason}): start one with `footfall serve`, or name it with --server"
        ) from error
    raise Unavailable(f"{server} answers with something else than the tracker: is that Footfall?")


async def serve(
    listener: socket.socket, *, site: str, server: str, ending: asyncio.Event, started: Callable[[], None]
) -> None:
    """Serve the page until `ending` is set."""
    await web.serve(
        create_app(site=site, server=server), listener, ending=ending, grace=_GRACE_SECONDS, started=started
    )
