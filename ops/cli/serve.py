"""`footfall serve`: the single node."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.cli.common import Data, begin, epilog

Host = Annotated[str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on; FOOTFALL_HOST.")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65_535, help="Port to listen on; FOOTFALL_PORT.")]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog=epilog("footfall serve --data /var/lib/footfall --host 0.0.0.0 --port 80"))(serve)


def serve(*, host: Host = None, port: Port = None, data: Data = None) -> None:
    """Run everything on this machine: PostgreSQL, collector, engine, rollups and reports.

    The first start prints an admin key, once. SIGTERM ends it in order and leaves nothing running; after a crash the
    next start cleans up and recovers.
    """
    from ops.node.supervisor import serve as supervise

    supervise(begin(host=host, port=port, data=data))
