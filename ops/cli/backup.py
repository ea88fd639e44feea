"""`footfall backup` and `footfall restore`: the database and the archive, without salts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from core.spans import SECOND
from ops import installation
from ops.archives import archive_of_command
from ops.cli.bars import bars
from ops.cli.common import Data, begin, directory_of, epilog, say

if TYPE_CHECKING:
    from ops.backup.restoring import Backup


class _Group(TyperGroup):
    """`footfall backup DIR` makes one; what follows is a folder unless it is the name of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer keeps its class to itself
        """See the class."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["create", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    help="Backups of the database and the archive, without salts: `footfall backup DIR` makes one.",
    cls=_Group,
    no_args_is_help=True,
    rich_markup_mode="rich",
)
One = Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder of one backup.")]


@app.command(epilog=epilog("footfall backup /backups --keep 14", "footfall backup create /backups --with-secret"))
def create(
    *,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where backups are; each is a folder in it.")],
    keep: Annotated[int | None, typer.Option(min=1, metavar="N", help="Remove all but the newest N.")] = None,
    with_secret: Annotated[
        bool,
        typer.Option(
            "--with-secret",
            help="Put the secret that API keys are encrypted with into it: whoever has the backup can then read them.",
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Make a backup, while the server runs or not. `footfall backup DIR` is the same.

    Salts, links over midnight and who is signed in are never in it. Without the secret all API keys work after a
    restore too, but cannot be shown again.
    """
    from ops.backup.making import Source, make
    from ops.clock import SystemClock

    settings = begin()
    with installation.database(settings, data=data) as dsn, bars() as progress:
        source = Source(
            dsn=dsn,
            archive=archive_of_command(settings, data),
            kind="cluster" if directory_of(settings, data) is None else "node",
            vault=installation.vault(settings, data=data),
        )
        made = make(source, folder, clock=SystemClock(), with_secret=with_secret, keep=keep, progress=progress)
    known = made.manifest
    rows = sum(table.rows for table in known.tables)
    say(
        f"{made.folder}: {rows} rows of {len(known.tables)} tables, {len(known.archive)} files of the archive"
        f" ({made.linked} as in the backup before), {known.size} bytes"
    )
    for old in made.removed:
        say(f"removed {old}")


@app.command(epilog=epilog("footfall backup verify /backups/footfall-20261122T030000Z"))
def verify(*, folder: One) -> None:
    """Read a whole backup and hold every file to its checksum. Ends with status 1 if one is not right."""
    from ops.backup.restoring import check

    begin()
    with bars() as progress:
        backup = check(folder, progress=progress)
    say(_described(backup))


def register(app: typer.Typer) -> None:
    """Add `footfall restore` to `app`."""
    app.command(
        epilog=epilog(
            "footfall restore /backups/footfall-20261122T030000Z --data ./data",
            "DATABASE_URL=… ARCHIVE_URL=… footfall restore /backups/footfall-20261122T030000Z",
        )
    )(restore)


def restore(
    *,
    folder: One,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the installation that is in the folder aside, within the folder.")
    ] = False,
    data: Data = None,
) -> None:
    """Restore a backup into an empty folder of a single node, or into the empty database and archive of a cluster.

    The whole backup is read and checked first. One of an older version is brought up to date. The day's salt is not in
    it: today's visitors are new ones from now on; what they did is counted as ever.
    """
    from ops.backup import restoring
    from ops.clock import SystemClock

    settings = begin()
    target = directory_of(settings, data)
    with bars() as progress:
        backup = restoring.check(folder, progress=progress)
        if target is None:
            told = restoring.to_cluster(settings, backup, progress=progress)
        else:
            restoring.to_node(
                settings, target.absolute(), backup, replace=replace, clock=SystemClock(), progress=progress
            )
            told = []
    say(f"restored {_described(backup)}")
    if backup.manifest.secret is None:
        say(
            "API keys work as before. They can be shown again only with the secret that they were encrypted with:"
            " FOOTFALL_SECRET_KEY, if it was set."
        )
    for line in told:
        say(line)
    say("Start it now." if target is None else f"Start it now: footfall serve --data {target}")


def _described(backup: Backup) -> str:
    known = backup.manifest
    made = datetime.fromtimestamp(known.made_at // SECOND, tz=UTC)
    rows = sum(table.rows for table in known.tables)
    return (
        f"{backup.folder}: of {made:%Y-%m-%d %H:%M:%S} UTC, of a {known.kind}, by Footfall {known.footfall},"
        f" {rows} rows, {len(known.archive)} files of the archive, {known.size} bytes"
    )
