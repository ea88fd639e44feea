"""`footfall content`: what is wrong in the pages of sites."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer

from core.errors import InvalidInput, NotFound
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from ops.cli.site_settings import site_of
from ops.cli.sites import Site_
from ops.clock import SystemClock
from storage import content
from storage.times import instant, millis

if TYPE_CHECKING:
    from core.content import Issue
    from core.sites import Site
    from storage.content import ContentStatus

app = group("Broken links in the pages of sites, and what they take in without encryption.")

_COLUMNS = ("id", "kind", "url", "status_code", "message", "found_on", "found", "checked", "ignored")


@app.command(epilog=epilog("footfall content status example.com"))
def status(*, site: Site_, data: Data = None, as_json: Json = False) -> None:
    """Show when the pages of a site were checked, how far a check has come that is under way, and what it counts."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = site_of(connection, site)
        known = content.status(connection, found.id, now=SystemClock().now_ms())
    show(("name", "value"), _rows(found, known), as_json=as_json)


@app.command(epilog=epilog("footfall content issues example.com --json"))
def issues(*, site: Site_, data: Data = None, as_json: Json = False) -> None:
    """List what is wrong in the pages of a site."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = content.issues(connection, site_of(connection, site).id)
    show(_COLUMNS, [_row(issue) for issue in found if issue.resolved_at is None], as_json=as_json)


@app.command(epilog=epilog("footfall content check example.com"))
def check(*, site: Site_, data: Data = None) -> None:
    """Let the pages of a site be checked now; the scheduler does it, and `footfall content status` shows how far it is.

    A check that is under way goes on.
    """
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = site_of(connection, site)
        if not found.content:
            raise InvalidInput(
                f"the content of {found.domain} is not checked: `footfall sites set {found.domain} content=true`"
            )
        content.want(connection, found.id, now=SystemClock().now_ms())
    say(f"{found.crawled_url} is checked now")


@app.command(epilog=epilog("footfall content ignore example.com 17", "footfall content ignore example.com 17 --undo"))
def ignore(
    *,
    site: Site_,
    id_: Annotated[int, typer.Argument(metavar="ID", help="As `footfall content issues` shows it.")],
    undo: Annotated[bool, typer.Option("--undo", help="Ignore it no longer.")] = False,
    data: Data = None,
) -> None:
    """Ignore an issue, also when it is found again: it is no news, and is not counted."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = content.ignore(connection, site_of(connection, site).id, id_, ignored=not undo)
    if found is None:
        raise NotFound(f"there is no issue {id_}: see `footfall content issues {site}`")
    say(f"{found.url} is {'no longer ' if undo else ''}ignored")


@app.command(
    epilog=epilog("footfall content pause example.com --until 2026-12-24", "footfall content resume example.com")
)
def pause(
    *,
    site: Site_,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="In UTC; without it until `resume`."),
    ] = None,
    data: Data = None,
) -> None:
    """Send no messages about the content of a site; it is checked all the same.

    What is found meanwhile is told by no message later.
    """
    end = None if until is None else millis(until.replace(tzinfo=UTC))
    if end is not None and end <= SystemClock().now_ms():
        raise InvalidInput("--until must be in the future")
    _pause(site, data, paused=True, until=end)
    say("messages are paused" + (f" until {until:%Y-%m-%d %H:%M} UTC" if until else ""))


@app.command(epilog=epilog("footfall content resume example.com"))
def resume(*, site: Site_, data: Data = None) -> None:
    """Send messages about the content of a site again."""
    _pause(site, data, paused=False, until=None)
    say("messages are sent")


def _pause(site: str, data: Data, *, paused: bool, until: int | None) -> None:
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        content.pause(connection, site_of(connection, site).id, paused=paused, until=until)


def _rows(site: Site, status: ContentStatus) -> list[tuple[str, object]]:
    return [
        ("enabled", site.content),
        ("first_page", site.crawled_url),
        ("last_check", _time(status.checked_at)),
        ("last_whole_check", _time(status.ran_at)),
        ("next_whole_check", _time(status.due_at)),
        ("saw_all", status.is_whole),
        ("problem", status.problem),
        ("broken_links", status.broken),
        ("ok", status.crawl_ok if status.is_initial_check else status.ok_count),
        ("under_way", status.crawl),
        ("since", _time(status.crawl_started_at)),
        ("checked", status.crawl_checked),
        ("waiting", status.crawl_waiting),
        ("messages_paused", status.emails_paused),
        ("messages_paused_until", _time(status.emails_paused_until)),
    ]


def _row(issue: Issue) -> tuple[object, ...]:
    return (
        issue.id,
        issue.kind.value,
        issue.url,
        issue.status_code,
        issue.message,
        issue.found_on,
        _time(issue.found_at),
        _time(issue.checked_at),
        issue.ignored,
    )


def _time(ms: int | None) -> str | None:
    return None if ms is None else instant(ms).isoformat(timespec="seconds")
