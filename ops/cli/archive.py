"""`footfall archive`: the files of days and months."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.errors import FootfallError, InvalidInput, NotFound
from core.spans import DAY, SECOND
from ops import installation
from ops.archives import archive_of_command
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from ops.cli.exits import Exit
from storage import sites
from storage.archive import manifest, retention
from storage.pool import open_pool
from storage.snapshots import snapshot
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from core.sites import Site
    from ops.settings import Settings
    from storage.archive.manifest import FilePair
    from storage.archive.store import ArchiveStore

app = group("The archive: Parquet files of events and sessions.")

_EVER: Final = 1 << 45
_ID: Final = "49b6f9f2-6b0f-4ac2-8f4f-8a3c1c3d1f5e"
OneSite = Annotated[
    UUID | None, typer.Argument(metavar="[SITE]", help="As `footfall sites list` shows it; without it, all sites.")
]


@app.command(epilog=epilog("footfall archive status"))
def status(*, data: Data = None, as_json: Json = False) -> None:
    """Show what the archive has of each site, and from which day on rows are in the database."""
    settings = begin()
    store = _archive(settings, data)
    with _pool(settings, data) as pool, pool.connection() as found, snapshot(found):
        rows = [_status(found, site) for site in sites.of_account(found, None)]
        known = retention.watermark(found)
    show(("id", "domain", "files", "bytes", "from", "to", "not final"), rows, as_json=as_json)
    if not as_json:
        say(f"The archive is in {store.shown}.")
        day = None if known is None else instant(known.rows_from).date()
        say("No rows were dropped yet." if day is None else f"Rows are in the database from {day} on.")


@app.command(epilog=epilog("footfall archive verify", f"footfall archive verify {_ID}"))
def verify(*, site: OneSite = None, data: Data = None) -> None:
    """Read every file again and hold it to its checksum, and what is in it to the rollups.

    Ends with status 1 if one is not right; each is named. What is marked, because something came in meanwhile, is only
    held to its checksum.
    """
    settings = begin()
    store = _archive(settings, data)
    wrong: list[str] = []
    checked = 0
    with _pool(settings, data) as pool, pool.connection() as found, _progress() as progress:
        with found.transaction():
            pairs = [
                pair
                for chosen in _sites(found, site)
                for pair in manifest.current(found, site=chosen.id, begin=0, end=_EVER)
            ]
        for pair in progress.track(pairs, description="reading files"):
            wrong += _problems(found, store, pair)
            checked += len(pair)
    for line in wrong:
        say(line)
    say(f"{checked} files, {len(wrong)} problems")
    if wrong:
        raise FootfallError("the archive is not right: `footfall archive rebuild` mends what has rows")


@app.command(epilog=epilog(f"footfall archive export {_ID} ./backup"))
def export(
    *,
    site: Annotated[UUID, typer.Argument(metavar="SITE", help="As `footfall sites list` shows it.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made if it is missing; must be empty.")],
    data: Data = None,
) -> None:
    """Copy the files of a site, with a README that says what each column means.

    DuckDB, pandas or Spark read them as they are. Days that have no files yet, today above all, are not in them.
    """
    from ops import archive_export

    settings = begin()
    store = _archive(settings, data)
    files = size = 0
    with _pool(settings, data) as pool, _progress() as progress:
        with pool.connection() as found:
            (chosen,) = _sites(found, site)
            pairs = manifest.current(found, site=chosen.id, begin=0, end=_EVER)
        task = progress.add_task("writing files", total=2 * len(pairs))
        for written in archive_export.export(pairs, store, chosen.domain, folder):
            files += 1
            size += written.size
            progress.advance(task)
    say(f"{files} files of {chosen.domain}, {size} bytes, in {folder}")


@app.command(epilog=epilog("footfall archive rebuild --from 2026-10-01", f"footfall archive rebuild {_ID}"))
def rebuild(
    *,
    site: OneSite = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="First UTC day.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Last UTC day.")
    ] = None,
    data: Data = None,
) -> None:
    """Write files and rollups of days again, from rows where there are rows, else from the files there are.

    Ends with status 4 if some days could not be; each is named with the reason.
    """
    from ops.clock import SystemClock
    from ops.wiring.commands import rollup_job

    settings = begin()
    store = _archive(settings, data)
    begins, ends = (0 if first is None else _ms(first)), (_EVER if last is None else _ms(last) + DAY)
    if begins >= ends:
        raise InvalidInput("--from is after --to")
    ends = min(ends, SystemClock().now_ms())
    failed: list[str] = []
    gone = 0
    with _pool(settings, data) as pool:
        with pool.connection() as found:
            days = [
                (chosen, day)
                for chosen in _sites(found, site)
                for day in manifest.known_days(found, site=chosen.id, begin=begins, end=ends)
            ]
        job = rollup_job(pool, store)
        with _progress() as progress:
            for chosen, day in progress.track(days, description="writing days"):
                try:
                    gone += job.roll_day(chosen.id, day, force=True) is None
                except FootfallError as error:
                    failed.append(f"{chosen.domain}, {instant(day):%Y-%m-%d}: {error}")
    for line in failed:
        say(line)
    say(f"{len(days) - len(failed) - gone} days written again, {len(failed)} not")
    if gone:
        say(f"{gone} days have nothing to be made of any more: see file_retention_days")
    if failed:
        raise typer.Exit(Exit.PARTLY)


@contextmanager
def _pool(settings: Settings, data: Path | None) -> Iterator[ConnectionPool]:
    with installation.database(settings, data=data) as dsn, open_pool(dsn, size=2) as pool:
        yield pool


def _problems(connection: Connection, store: ArchiveStore, pair: FilePair) -> list[str]:
    """What is wrong with a pair, if it is current still; of what is marked the rollups may say more."""
    from aggregations.archive.verify import days_of, file_problems, problems
    from storage import marks

    site = pair.events.name.site
    with snapshot(connection):
        current = manifest.current(connection, site=site, begin=pair.begin, end=pair.end)
        if pair.events.name not in {other.events.name for other in current}:
            return []
        if marks.of_span(connection, site=site, start=pair.begin, end=pair.end):
            return file_problems(store, pair)
        return problems(connection, store, pair, days=days_of(pair, current))


def _archive(settings: Settings, data: Path | None) -> ArchiveStore:
    found = archive_of_command(settings, data)
    if found is None:
        raise InvalidInput("there is no archive: set ARCHIVE_URL to a folder that all processes share, or to s3://…")
    return found


def _sites(connection: Connection, site: UUID | None) -> list[Site]:
    if site is None:
        return sites.of_account(connection, None)
    found = sites.find(connection, site)
    if found is None:
        raise NotFound(f"there is no site {site}: see `footfall sites list`")
    return [found]


def _status(connection: Connection, site: Site) -> tuple[object, ...]:
    pairs = manifest.current(connection, site=site.id, begin=0, end=_EVER)
    size = sum(file.size for pair in pairs for file in pair)
    if not pairs:
        return (site.uuid, site.domain, 0, 0, "", "", 0)
    first, last = min(pair.begin for pair in pairs), max(pair.end for pair in pairs) - DAY
    waiting = sum(not pair.final for pair in pairs)
    return (site.uuid, site.domain, 2 * len(pairs), size, instant(first).date(), instant(last).date(), waiting)


def _ms(date: datetime) -> int:
    return int(date.replace(tzinfo=UTC).timestamp()) * SECOND


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description:14}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
