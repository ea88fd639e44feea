"""`footfall import`: history from files."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import psycopg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.errors import InvalidInput, NotFound
from ops import installation
from ops.archives import archive_of_command
from ops.cli.common import Data, begin, epilog, group, say
from ops.cli.exits import Exit
from ops.imports.report import NAMED, Report
from ops.places import place_files
from storage.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ops.imports.job import Import
    from ops.imports.report import RefusedLine
    from storage.archive.store import ArchiveStore

app = group("History from files.")


@app.callback()
def imports() -> None:
    """History from files."""


@app.command(epilog=epilog("footfall import events history.ndjson --site 6ba8f23a-1bc9-4bd2-8c71-c8e128655fa7"))
def events(
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.ndjson", exists=True, dir_okay=False, readable=True, help="Lines of JSON.")
    ],
    site: Annotated[UUID | None, typer.Option(metavar="ID", help="Takes every line, whatever site it names.")] = None,
    data: Data = None,
    refused: Annotated[
        Path | None, typer.Option("--refused", metavar="FILE", help="Write every refused line's number and reason.")
    ] = None,
) -> None:
    """Import events: one object a line, as a collect body plus `time`, `ip` and `user_agent`.

    `time` is ISO 8601 or milliseconds since 1970. Works beside a running server; imported visits never show in
    realtime. Running it twice, or again after a crash, adds nothing twice.
    """
    settings = begin(data=data)
    report = Report()
    with contextlib.ExitStack() as stack:
        dsn = stack.enter_context(installation.database(settings, data=data))
        if site is not None:
            _require(dsn, site)
        if refused is not None:
            report.tell = stack.enter_context(_written(refused))
        _run(
            dsn,
            file,
            site=site,
            report=report,
            places=place_files(settings),
            archive=archive_of_command(settings, data),
        )
    _print(report, named=refused)
    if report.refused or report.days_refused:
        raise typer.Exit(Exit.PARTLY)


def _run(  # noqa: PLR0913 - what the command was given
    dsn: str,
    file: Path,
    *,
    site: UUID | None,
    report: Report,
    places: Sequence[Path],
    archive: ArchiveStore | None,
) -> None:
    from ops.wiring.commands import event_import

    size = file.stat().st_size
    with (
        tempfile.TemporaryDirectory(prefix="footfall-import-") as folder,
        open_pool(dsn, size=3, name="footfall import") as pool,
        Progress(
            TextColumn("{task.description:14}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        ) as progress,
    ):
        job: Import = event_import(
            pool, file, Path(folder), site=site, report=report, place_files=places, archive=archive
        )
        for what, steps in (("hashing bytes", job.hash()), ("reading bytes", job.read())):
            task = progress.add_task(what, total=size)
            for read in steps:
                progress.advance(task, read)
        task = progress.add_task("writing days", total=None)
        for done, days in job.write():
            progress.update(task, completed=done, total=days)


def _require(dsn: str, site: UUID) -> None:
    from storage import sites

    with psycopg.connect(dsn) as connection:
        if sites.find(connection, site) is None:
            raise NotFound(f"there is no site {site}: see `footfall sites list`")


@contextlib.contextmanager
def _written(path: Path) -> Iterator[Callable[[RefusedLine], None]]:
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
    with file:

        def write(line: RefusedLine) -> None:
            file.write(f"{line.number}\t{line.reason}\n")

        yield write


def _print(report: Report, *, named: Path | None) -> None:
    say(
        f"{report.lines} lines: {report.accepted} imported on {report.days} days, "
        f"{sum(report.reasons.values())} refused"
    )
    if report.before or report.days_before:
        say(f"already in: {report.before} lines, {report.days_before} days")
    for reason in report.days_refused:
        say(f"a day was left out: {reason}")
    for line in report.refused:
        say(f"line {line.number}: {line.reason}")
    more = sum(report.reasons.values()) - len(report.refused)
    if more:
        where = f"all are in {named}" if named else "--refused FILE writes all"
        say(f"and {more} more than these {NAMED}; {where}. By reason:")
        for reason, count in report.reasons.most_common():
            say(f"  {count} {reason}")
