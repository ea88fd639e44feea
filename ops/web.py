"""HTTP by uvicorn, as lean as it gets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Final

import uvicorn

from core.errors import FootfallError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from api.asgi import Application

_BACKLOG: Final = 2_048
_LOOK_EVERY: Final = 0.01
_KEEP_ALIVE: Final = 75
#: A client that takes nothing for so long is gone, whether or not it says so. ms.
_UNANSWERED: Final = 30_000


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to whoever runs the process."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        FootfallError: the address cannot be listened on.
    """
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=_BACKLOG
        )
    except OSError as error:
        raise FootfallError(f"cannot listen on {host} port {port}: {error.strerror or error}; try --port") from error
    # Connections inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED)
    return listener


async def serve(
    app: Application, listener: socket.socket, *, ending: asyncio.Event, grace: float, started: Callable[[], None]
) -> None:
    """Answer requests until `ending` is set; then accept none and let those in progress finish.

    Args:
        app: answers them.
        listener: closed at the end.
        ending: see above.
        grace: seconds that requests in progress may take then.
        started: called once, when the first request would be answered.

    Raises:
        Unavailable: the application's start failed.
    """
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=max(1, round(grace)),
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    while not server.started:
        if serving.done():
            await serving
            raise Unavailable("the application could not be started; see the log")
        await asyncio.sleep(_LOOK_EVERY)
    started()
    stop = asyncio.create_task(ending.wait())
    await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    server.should_exit = True
    await serving
