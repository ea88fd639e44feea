"""`footfall sites`: sites without HTTP."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import psycopg
import typer

from core.drops import MEANINGS, DropReason
from core.errors import FootfallError, NotFound
from core.ranges import date_at
from core.site_settings import SETTINGS, check_settings
from core.sites import check_domain
from core.spans import DAY
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from ops.cli.site_settings import read_settings, site_of, write_value
from ops.cli.tags import tags_of
from ops.clock import SystemClock
from storage import accounts, sites
from storage import drops as dropped_events
from storage.times import instant
from tracker.builds import Extra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.sites import Site

app = group("Sites whose visits are counted.")

Site_ = Annotated[str, typer.Argument(metavar="DOMAIN|ID", help="As `footfall sites list` shows it.")]


@app.command(epilog=epilog("footfall sites create example.com --account shop"))
def create(
    *,
    domain: Annotated[str, typer.Argument(help="Its host name.")],
    account: Annotated[str, typer.Option(metavar="NAME", help="Its owner; made if it is not there.")] = "default",
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object with `id`.")] = False,
) -> None:
    """Make a site and print its id, which the script tag carries."""
    checked = check_domain(domain)
    settings = begin()
    with installation.database(settings, data=data, create=True) as dsn, psycopg.connect(dsn) as connection:
        site = sites.insert(connection, account_id=accounts.ensure(connection, account), domain=checked)
    if site is None:
        raise FootfallError(f"account {account} has a site {checked} already: see `footfall sites list`")
    made = tags_of(site, settings)
    if as_json:
        say(json.dumps({"id": str(site.uuid), "domain": site.domain, "snippet": made.plain}))
        return
    say(str(site.uuid))
    # The id alone is what a script reads.
    typer.echo(f"Paste this into its pages:\n\n{made.plain}\n", err=True)


@app.command("list", epilog=epilog("footfall sites list --json"))
def list_(*, data: Data = None, as_json: Json = False) -> None:
    """List the sites of all accounts."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = sites.of_account(connection, None)
    show(("id", "domain", "account"), [(site.uuid, site.domain, site.account_id) for site in found], as_json=as_json)


@app.command("snippet", epilog=epilog("footfall sites snippet example.com --extra forms --extra vitals"))
def show_snippet(
    *,
    site: Site_,
    extra: Annotated[list[Extra] | None, typer.Option(help="What the script does beyond the default.")] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object.")] = False,
) -> None:
    """Show what to paste into the pages of a site; one of the two script tags is enough.

    FOOTFALL_PUBLIC_URL is how browsers reach the scripts.
    """
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        made = tags_of(site_of(connection, site), settings, extra or ())
    if as_json:
        say(json.dumps(made._asdict()))
        return
    say(f"The newest script, always:\n\n{made.plain}\n")
    say(f"This very script, checked by the browser:\n\n{made.pinned}\n")
    say(f"For browsers that run no script, into the body:\n\n{made.noscript}")


@app.command("show", epilog=epilog("footfall sites show example.com"))
def show_settings(*, site: Site_, data: Data = None, as_json: Json = False) -> None:
    """Show the settings of a site."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = site_of(connection, site)
    _show(found, as_json=as_json)


@app.command(
    "set",
    epilog=epilog(
        "footfall sites set example.com time_zone=Asia/Kathmandu honour_dnt=false",
        "footfall sites set example.com 'excluded_paths=/admin/*,/drafts/*' allowed_hosts=",
    ),
)
def set_settings(
    *,
    site: Site_,
    given: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help="Values of a list are separated by commas, or JSON.")
    ],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Change settings of a site and show all of them; `footfall sites show` says what each means.

    Collectors know within seconds. Another time zone holds for the past too. What is to go by its age goes for good,
    24 hours after the change at the earliest.
    """
    changes = check_settings(read_settings(given))
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        changed = sites.configure(connection, site_of(connection, site).uuid, changes)
    if changed is None:
        raise NotFound(f"there is no site {site} any more")
    _show(changed, as_json=as_json)
    limits = [f"{what} of before {days} days" for what, days in _limits(changed, changes) if days is not None]
    if limits:
        begins = instant(SystemClock().now_ms() + DAY)
        typer.echo(
            f"From {begins:%Y-%m-%d %H:%M} UTC on {' and '.join(limits)} ago are removed, and nothing brings them back."
            " Until then `footfall sites set` takes it back.",
            err=True,
        )


@app.command(epilog=epilog("footfall sites drops example.com --days 30"))
def drops(
    *,
    site: Site_,
    days: Annotated[int, typer.Option(min=1, max=10_000, help="UTC days up to today.")] = 7,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show which events of a site were not counted, and why."""
    settings = begin()
    today = date_at(SystemClock().now_ms(), UTC)
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = dropped_events.of_site(
            connection, site_of(connection, site).id, today - timedelta(days=days - 1), today
        )
    rows = [(one.day, one.reason, one.count, MEANINGS[DropReason(one.reason)]) for one in found]
    show(("date", "reason", "count", "meaning"), rows, as_json=as_json)


@app.command(epilog=epilog("footfall sites delete 0b6ff7a8-5a0e-4c57-9a9e-0c3a0f3a8f52 --yes"))
def delete(
    *,
    site_id: Annotated[UUID, typer.Argument(metavar="ID", help="As `footfall sites list` shows it.")],
    data: Data = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a site and everything that was counted of it; nothing brings it back.

    It is gone from every report at once. Its rows are removed by the scheduler within minutes, and what was still on
    the way when the log has forgotten it.
    """
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        site = sites.find(connection, site_id)
        if site is not None and not yes:
            connection.rollback()  # whoever thinks about it holds no snapshot meanwhile
            typer.confirm(f"Delete {site.domain} and everything that was counted of it?", abort=True)
        if site is None or sites.delete(connection, site_id) is None:
            raise NotFound(f"there is no site {site_id}: see `footfall sites list`")
    say(f"deleted {site.domain}")


def _limits(site: Site, changes: Mapping[str, object]) -> list[tuple[str, int | None]]:
    """What goes after how many days, if the changes are about that."""
    if not changes.keys() & {"file_retention_days", "rollup_retention_days"}:
        return []
    return [("events", site.file_retention_days), ("sums", site.rollup_retention_days)]


def _show(site: Site, *, as_json: bool) -> None:
    rows = [(name, getattr(site, name), setting.meaning) for name, setting in SETTINGS.items()]
    if not as_json:
        rows = [(name, write_value(value), meaning) for name, value, meaning in rows]
    show(("setting", "value", "meaning"), rows, as_json=as_json)
