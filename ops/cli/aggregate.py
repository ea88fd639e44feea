"""`footfall aggregate`: a day rolled up again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import InvalidInput
from ops import installation
from ops.cli.common import Data, begin, epilog, say
from storage.pool import open_pool

if TYPE_CHECKING:
    from core.sites import Site


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog=epilog("footfall aggregate --date 2026-11-20"))(aggregate)


def aggregate(
    *,
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The UTC day to roll up.")],
    data: Data = None,
) -> None:
    """Roll up a UTC day of every site from its rows, marked or not. The scheduler does so by itself where it must."""
    from aggregations.job import RollupJob
    from core.telemetry import NoTelemetry
    from ops.clock import SystemClock
    from storage import sites

    clock = SystemClock()
    day = int(date.replace(tzinfo=UTC).timestamp()) * 1_000
    if day > clock.now_ms():
        raise InvalidInput("this day has not begun yet")
    settings = begin()
    with installation.database(settings, data=data) as dsn, open_pool(dsn, size=2) as pool:
        with pool.connection() as connection:
            found: list[Site] = sites.of_account(connection, None)
        job = RollupJob(pool=pool, clock=clock, telemetry=NoTelemetry())
        rows = 0
        for site in found:
            rolled = job.roll_day(site.id, day, force=True)
            rows += rolled.rows if rolled else 0
    say(f"{date:%Y-%m-%d}: {len(found)} sites, {rows} rollup rows")
