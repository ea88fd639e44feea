"""`footfall demo`: a site full of made-up visits, to look around."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import psycopg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.errors import NotFound
from core.spans import DAY, day_of
from ops import installation
from ops.cli.common import Data, begin, directory_of, epilog, log_of, say
from ops.demo.world import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.sites import Site
    from ops.demo.traffic import Traffic

#: Views, events, scroll marks and leavings of an average visit.
_EVENTS_PER_VISIT: Final = 4.7

Events = Annotated[int, typer.Option(min=1_000, max=20_000_000, help="About so many events in all.")]
Days = Annotated[int, typer.Option(min=1, max=3_660, help="Days of history, today included.")]
Live = Annotated[bool, typer.Option("--live/--no-live", help="Let visitors keep coming until Ctrl-C.")]
Account = Annotated[str, typer.Option(metavar="NAME", help="Whose site it is; made if it is not there.")]
Remove = Annotated[bool, typer.Option("--remove", help="Delete the demo's site and everything of it.")]


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog=epilog("footfall demo", "footfall demo --events 50000 --days 90", "footfall demo --remove"))(
        demo
    )


def demo(  # noqa: PLR0913 - its options
    *,
    events: Events = 400_000,
    days: Days = 365,
    live: Live = True,
    account: Account = "default",
    remove: Remove = False,
    data: Data = None,
) -> None:
    """Fill a site of its own with believable visits, and let visitors keep coming while this runs.

    The newest days come first, so the page is worth looking at within a minute. Ctrl-C ends it; what is there stays
    and is added to when it runs again, nothing twice.
    """
    settings = begin()
    with installation.database(settings, data=data) as dsn:
        if remove:
            _remove(dsn, account)
            return
        traffic = _traffic(events, days)
        site = _site(dsn, account, traffic)
        say(f"open {settings.public_url or f'http://{settings.host}:{settings.port}'}/?site={DOMAIN}")
        say(f"sign in with the key of the first start, or one of `footfall keys create --account {account}`")
        from ops import process
        from ops.demo.running import Running

        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("days, {task.fields[events]:,} events"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        ) as progress:
            directory = directory_of(settings, data)
            running = Running(
                settings=settings,
                dsn=dsn,
                data=directory,
                log=partial(log_of, settings, directory),
                site=site,
                traffic=traffic,
                tell=say,
                progress=_bar(progress, days),
            )
            process.run(partial(running.run, live=live))
    say("the visits stay; `footfall demo --remove` deletes them")


def _remove(dsn: str, account: str) -> None:
    from ops.demo import site as demo_site
    from storage import accounts, sites

    with psycopg.connect(dsn) as connection:
        site = demo_site.find(connection, accounts.ensure(connection, account))
        if site is None or sites.delete(connection, site.uuid) is None:
            raise NotFound(f"account {account} has no site {DOMAIN}: nothing to remove")
    say(f"deleted {DOMAIN} and everything that was counted of it")


def _traffic(events: int, days: int) -> Traffic:
    from ops.clock import SystemClock
    from ops.demo.traffic import Traffic

    last = day_of(SystemClock().now_ms())
    return Traffic(last - (days - 1) * DAY, last, events / _EVENTS_PER_VISIT)


def _site(dsn: str, account: str, traffic: Traffic) -> Site:
    from ops.demo import site as demo_site

    with psycopg.connect(dsn) as connection:
        return demo_site.make(connection, account=account, traffic=traffic)


def _bar(progress: Progress, days: int) -> Callable[[int, int], None]:
    task, written = progress.add_task("filling", total=days, events=0), 0

    def advance(done: int, events: int) -> None:
        nonlocal written
        written += events
        progress.update(task, completed=done, events=written)

    return advance
