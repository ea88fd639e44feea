"""`footfall postgres`: the PostgreSQL of a single node."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.cli.bars import bars
from ops.cli.common import Data, begin, epilog, group, say

app = group("The PostgreSQL of a single node.")


@app.callback()
def postgres() -> None:
    """The PostgreSQL of a single node."""


@app.command(
    epilog=epilog("footfall postgres upgrade --data ./data", "footfall postgres upgrade --data ./data --remove-old")
)
def upgrade(
    *,
    remove_old: Annotated[
        bool, typer.Option("--remove-old", help="Remove what earlier upgrades have put aside, and do nothing else.")
    ] = False,
    data: Data = None,
) -> None:
    """Move the database of a stopped single node to the PostgreSQL that this version brings.

    It is copied, each table is held to the original, and the old one is put aside. Needs as much room again.
    """
    from ops import postgres_upgrade

    settings = begin()
    folder = (data or settings.data).absolute()
    if remove_old:
        removed = postgres_upgrade.remove_old(folder)
        say(f"removed {', '.join(map(str, removed))}" if removed else "there is nothing to remove")
        return
    with bars() as progress:
        done = postgres_upgrade.upgrade(folder, progress=progress)
    if done is None:
        say("the database is up to date")
        return
    say(f"PostgreSQL {done.old} to {done.new}: {sum(done.rows.values())} rows of {len(done.rows)} tables")
    say(f"The old database is in {done.aside}. Start the server, look at the reports, then remove it:")
    say(f"footfall postgres upgrade --data {folder} --remove-old")
