"""`footfall aggregate`: a day rolled up again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from core.errors import InvalidInput
from core.spans import SECOND
from ops import installation
from ops.cli.common import Data, begin, epilog, say
from storage.pool import open_pool


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog=epilog("footfall aggregate --date 2026-11-20"))(aggregate)


def aggregate(
    *,
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The UTC day to roll up.")],
    data: Data = None,
) -> None:
    """Roll up a UTC day of every site from its rows, marked or not. The scheduler does so by itself where it must."""
    from ops.aggregation import aggregate_day
    from ops.archives import archive_of_command
    from ops.clock import SystemClock
    from ops.wiring.commands import rollup_job

    day = int(date.replace(tzinfo=UTC).timestamp()) * SECOND
    if day > SystemClock().now_ms():
        raise InvalidInput("this day has not begun yet")
    settings = begin()
    with installation.database(settings, data=data) as dsn, open_pool(dsn, size=2) as pool:
        rolled = aggregate_day(pool, rollup_job(pool, archive_of_command(settings, data)), day)
    say(f"{date:%Y-%m-%d}: {rolled.sites} sites, {rolled.rows} rollup rows")
