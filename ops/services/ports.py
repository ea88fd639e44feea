"""TCP ports for private services."""

from __future__ import annotations

import random
import socket
from typing import Final

# Below Linux's ephemeral range (32768 and up): a client that retries a dead port out of that range can be given the
# very same port as its source and then connects to itself, which looks like a broken server and blocks its restart.
CANDIDATES: Final = range(21_000, 32_000)
ATTEMPTS: Final = 200


def free() -> int:
    """A port of 127.0.0.1 that nobody listens on.

    Raises:
        OSError: no candidate was free.
    """
    for port in random.SystemRandom().sample(CANDIDATES, ATTEMPTS):
        if not taken(port):
            return port
    raise OSError(f"no free port between {CANDIDATES.start} and {CANDIDATES.stop} in {ATTEMPTS} attempts")


def taken(port: int) -> bool:
    """Whether somebody listens on 127.0.0.1:``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
