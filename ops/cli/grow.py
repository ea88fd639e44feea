"""`footfall grow`: a single node becomes a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cli.bars import bars
from ops.cli.common import Data, begin, epilog, say
from ops.cli.topics import make_topic

if TYPE_CHECKING:
    import typer

_NEXT = """
Next:
1. Start the cluster: collect, work, schedule and api, with the settings of this command.
2. Let your proxy send to it what it sent to the node. The address of the script stays as it is, and so do all pages.
3. Copy places.mmdb, if the node had one, to where FOOTFALL_GEO_FILE of `collect` says.
The node's folder is as it was. Until the cluster counts visits, `footfall serve --data {data}` is the way back."""


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(
        epilog=epilog("DATABASE_URL=… KAFKA_BOOTSTRAP_SERVERS=… ARCHIVE_URL=… footfall grow --data /var/lib/footfall")
    )(grow)


def grow(*, data: Data = None) -> None:
    """Copy a single node, which must be stopped, into an empty cluster: database, archive, keys, and the day's salt.

    The cluster is what DATABASE_URL, KAFKA_BOOTSTRAP_SERVERS and ARCHIVE_URL say, with none of its processes running
    yet; the topic is made if it is not there. Every table is held to the original, and so are the reports of each site.
    Today's visitors are the same on both sides.
    """
    from ops.backup.growing import grow as move
    from ops.clock import SystemClock

    settings = begin()
    topic = make_topic(settings)
    folder = (data or settings.data).absolute()
    with bars() as progress:
        grown = move(settings, folder, clock=SystemClock(), progress=progress)
    say(f"{sum(grown.rows.values())} rows of {len(grown.rows)} tables, {grown.files} files of the archive")
    say(f"{grown.keys} API keys can be shown as before, {grown.unreadable} cannot be shown")
    say(f"the reports of {grown.sites} sites agree")
    say(f"{topic.name}: {topic.partitions} partitions")
    say(_NEXT.format(data=folder))
