"""`python -m ops.node engine|http`: a process of the single node, as its supervisor starts it."""

from __future__ import annotations

import argparse
import socket
import sys
from typing import TYPE_CHECKING

from core.errors import FootfallError
from ops import logs, settings, web
from ops.node import child
from ops.wiring import node

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


def main() -> None:
    """Run the process that the command line names until its supervisor ends it."""
    parser = argparse.ArgumentParser(prog="ops.node", description=__doc__)
    parser.add_argument("name", choices=("engine", "http"))
    parser.add_argument("--ready", type=int, required=True, help="descriptor to write a line to when it serves")
    parser.add_argument("--listener", type=int, help="descriptor of the socket that http listens on")
    given = parser.parse_args()
    chosen = settings.load()
    logs.configure(level=chosen.log_level, form=chosen.log_format)

    async def engine(ending: asyncio.Event, ready: Callable[[], None]) -> None:
        async with node.engine(chosen):
            ready()
            await ending.wait()

    async def http(ending: asyncio.Event, ready: Callable[[], None]) -> None:
        async with node.http(chosen, ending) as app:
            listener = socket.socket(fileno=given.listener)
            await web.serve(app, listener, ending=ending, grace=chosen.shutdown_grace, started=ready)

    try:
        child.run(engine if given.name == "engine" else http, ready=given.ready)
    except FootfallError as error:
        sys.stderr.write(f"footfall {given.name}: {error}\n")
        sys.exit(1)


main()
