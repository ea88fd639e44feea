"""`footfall forget`: what is known of a visitor is removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ops import installation
from ops.cli.common import Data, begin, epilog, say
from ops.cli.site_settings import site_of
from storage.times import instant

if TYPE_CHECKING:
    from ops.forgetting import Found, Whom

_OLDER = (
    "Whose older events are cannot be told by anybody, so they cannot be found: the salt of their day is deleted, and"
    " with it went the last link to a person."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=epilog("footfall forget --ip 203.0.113.7 --ua 'Mozilla/5.0 (X11; Linux x86_64) …' --dry-run"),
    )(forget)


def forget(  # noqa: PLR0913 - what the command line has
    *,
    ip: Annotated[str, typer.Option("--ip", metavar="IP", help="The visitor's address.")],
    ua: Annotated[str, typer.Option("--ua", metavar="USER-AGENT", help="The browser's User-Agent, whole and exact.")],
    site: Annotated[str | None, typer.Option(metavar="DOMAIN|ID", help="Of this site alone.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object.")] = False,
) -> None:
    """Remove what is known of a visitor, by address and user agent; nothing brings it back.

    The days whose salt exists are today and, until 01:00 UTC, yesterday: all events and visits of these days go, and
    the night before where a visit began in it. Older events cannot be linked to a person by anybody, so they stay.

    Addresses that a site's owner has kept (keep_ips) are taken out of the events and files of all days.

    The server may run meanwhile, a single node or a cluster. What is on its way is dropped when it comes.
    """
    from ops import forgetting
    from ops.archives import archive_of_command
    from ops.clock import SystemClock
    from storage import sites
    from storage.pool import open_pool

    settings = begin()
    store = archive_of_command(settings, data)
    with installation.database(settings, data=data) as dsn, open_pool(dsn, size=2, name="footfall forget") as pool:
        with pool.connection() as connection:
            chosen = [site_of(connection, site)] if site else sites.of_account(connection, None)
            who = forgetting.whom(connection, ip=ip, user_agent=ua, sites=[one.id for one in chosen])
        now = SystemClock().now_ms()
        if dry_run or not yes:
            found = forgetting.look(pool, store, who, now=now)
            if dry_run:
                _show(found, who, verb="would go", as_json=as_json)
                return
            typer.confirm(f"{_told(found)} would go. Remove them for good?", abort=True, err=True)
        _show(forgetting.forget(pool, store, who, now=SystemClock().now_ms()), who, verb="gone", as_json=as_json)


def _show(found: Found, who: Whom, *, verb: str, as_json: bool) -> None:
    days = [instant(day).date().isoformat() for day in who.days]
    if as_json:
        counts = {"visitors": found.visitors, **found.rows._asdict(), "addresses": found.addresses}
        say(json.dumps({"days": days, **counts, "files": found.files, "dead_letters": found.dead_letters}))
        return
    say(f"{_told(found)} {verb}.")
    say(f"Days that can be told: {', '.join(days) or 'none, as there is no salt'}. {_OLDER}")
    if verb == "gone":
        say(
            "Reports are right at once. Files that held something are written again by the scheduler, and the old ones"
            " are removed ten minutes later. Backups that were made before hold it still: delete them in time."
        )


def _told(found: Found) -> str:
    return (
        f"{found.rows.events} events and {found.rows.sessions} visits of {found.visitors} visitors,"
        f" the address in {found.addresses} events and {found.files} files, and {found.dead_letters} dead letters"
    )
