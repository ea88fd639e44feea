"""What the commands share: options, help texts, how they set out and what they print."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ops import logs, settings
from ops.cli.exits import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractAsyncContextManager

    from core.ports import EventLog
    from ops.settings import Settings

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder of the single node; without it DATABASE_URL, else ./data."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def group(help_text: str) -> typer.Typer:
    """Return a group of commands that shows its help when it is called alone."""
    return typer.Typer(help=help_text, no_args_is_help=True, rich_markup_mode="rich")


def epilog(*examples: str) -> str:
    """Return the end of a command's help: examples, and how it ends."""
    lines = "\n\n".join(f"Example: [bold]{example}[/bold]" for example in examples)
    return f"{lines}\n\n{MEANINGS}"


def begin(**given: Any) -> Settings:  # noqa: ANN401 - handed on to the settings, which check it
    """Read the settings and start the log.

    Raises:
        InvalidInput: a setting is wrong.
    """
    loaded = settings.load(**given)
    logs.configure(level=loaded.log_level, form=loaded.log_format)
    return loaded


def directory_of(settings: Settings, data: Path | None) -> Path | None:
    """Return the folder of the single node that a command means; None where it means a cluster."""
    return None if data is None and settings.database_url else data or settings.data


def log_of(settings: Settings, data: Path | None) -> AbstractAsyncContextManager[EventLog]:
    """Return the log of the single node in `data`, which has to be running, or of the cluster where that is None."""
    if data is None:
        from ops.wiring import cluster

        return cluster.event_log(settings, cluster.topic_of(settings))
    from ops.wiring import node

    return node.event_log(data)


def show(columns: Sequence[str], rows: Iterable[Sequence[object]], *, as_json: bool) -> None:
    """Print rows on standard output, as a table for people or as an array of objects."""
    if as_json:
        sys.stdout.write(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=str) + "\n")
        return
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = 1_000  # a line a row for the next program
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)


def say(text: str) -> None:
    """Print a line on standard output, at once: a log is read while the command runs."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
