"""`python -m benches.tools.peers bare|fastapi --port N`: what a collector is compared to, served as it is itself."""

from __future__ import annotations

import argparse
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from benches.collector import bare, fastapi
from ops import process, web
from tests.end_to_end.processes import free_port

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

_PEERS: Final = {"bare": bare, "fastapi": fastapi}


class Peer(NamedTuple):
    """One that runs."""

    port: int
    pid: int


@contextmanager
def serving(name: str) -> Iterator[Peer]:
    """A peer that runs as long as the context."""
    port = free_port()
    command = [sys.executable, "-m", "benches.tools.peers", name, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
        try:
            if running.stdout is None or not running.stdout.readline():
                raise RuntimeError(f"the peer {name} did not start")
            yield Peer(port, running.pid)
        finally:
            running.terminate()


def main() -> None:
    """Serve until SIGTERM; print a line when the first request would be answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=_PEERS)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    listener = web.listen("127.0.0.1", given.port)

    def started() -> None:
        process.calm_collector()
        print("ready", flush=True)

    async def serve(ending: asyncio.Event) -> None:
        await web.serve(_PEERS[given.name](), listener, ending=ending, grace=1, started=started)

    process.run(serve)


if __name__ == "__main__":
    main()
