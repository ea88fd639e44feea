"""`footfall insights`: what would be said about a site's week."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import psycopg
import typer

from core.errors import InvalidInput, NotFound
from core.ranges import date_at
from core.telemetry import NoTelemetry
from ops import installation
from ops.cli.common import Data, begin, epilog, say
from ops.cli.site_settings import site_of
from ops.clock import SystemClock
from storage.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from core.sites import Site
    from storage.archive.store import ArchiveStore


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog=epilog("footfall insights example.com", "footfall insights example.com --date 2026-11-20"))(
        insights
    )


def insights(
    *,
    site: Annotated[str, typer.Argument(metavar="DOMAIN|ID", help="As `footfall sites list` shows it.")],
    last: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The week's last day, yesterday unless said."
        ),
    ] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object.")] = False,
) -> None:
    """Show what would be said about a site's week, and store nothing. The scheduler makes them every night."""
    from ops.archives import archive_of_command
    from ops.insights import LEAST_HITS

    settings = begin()
    with installation.database(settings, data=data) as dsn:
        with psycopg.connect(dsn) as connection:
            found = site_of(connection, site)
        day = _last_day(found, None if last is None else last.date())
        said = asyncio.run(_made(dsn, archive_of_command(settings, data), found, day))
    if said is None:
        raise NotFound(f"{found.domain} has too few hits in the 7 days up to {day}: {LEAST_HITS} are needed")
    say(json.dumps(said) if as_json else _text(found, day, said))


def _last_day(site: Site, given: date | None) -> date:
    today = date_at(SystemClock().now_ms(), ZoneInfo(site.time_zone))
    if given is not None and given >= today:
        raise InvalidInput("this day is not over yet")
    return given or today - timedelta(days=1)


async def _made(dsn: str, archive: ArchiveStore | None, site: Site, day: date) -> dict[str, Any] | None:
    from aggregations.reports import Reports
    from ops.insights import made

    with open_pool(dsn, size=2) as pool:
        reports = Reports(pool, clock=SystemClock(), telemetry=NoTelemetry(), archive=archive)
        try:
            return await made(reports, site, day)
        finally:
            reports.close()


def _text(site: Site, day: date, said: Mapping[str, Any]) -> str:
    signals = [
        f"{signal['importance_score']:>3}  {signal['type']:<15}  {signal['headline']}\n{'':22}{signal['summary']}"
        for signal in said["signals"]
    ]
    texts = [said[name] for name in ("traffic_patterns", "best_content", "recommendations")]
    parts = [f"{site.domain}, the 7 days up to {day}", said["summary"], *signals, *texts]
    return "\n\n".join(parts)
