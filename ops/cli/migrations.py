"""`footfall migrate`: the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops import installation
from ops.cli.common import Data, begin, epilog, say
from storage.migrate import migrate as apply
from storage.migrate import wait_for

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog=epilog("DATABASE_URL=postgresql://footfall@db/footfall footfall migrate"))(migrate)


def migrate(*, data: Data = None) -> None:
    """Bring the database up to date, after waiting for it. A single node does so itself when it starts."""
    settings = begin()
    if data is None and settings.database_url:
        wait_for(settings.database_url)
        applied = apply(settings.database_url)
    else:
        with installation.database(settings, data=data, create=True):
            applied = []
    say(f"applied {', '.join(applied)}" if applied else "the database is up to date")
