"""How we listen."""

from __future__ import annotations

import socket
from contextlib import closing

from ops.web import listen


def test_a_connection_gives_up_a_client_that_takes_nothing() -> None:
    """After half a minute, by the system's own doing; connections have it from the socket that listens."""
    with closing(listen("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with closing(connection):
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
