"""`footfall sites`: sites without HTTP."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

import psycopg
import typer

from core.errors import FootfallError, NotFound
from core.sites import check_domain
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from storage import accounts, sites

app = group("Sites whose visits are counted.")


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
    say(json.dumps({"id": str(site.uuid), "domain": site.domain}) if as_json else str(site.uuid))


@app.command("list", epilog=epilog("footfall sites list --json"))
def list_(*, data: Data = None, as_json: Json = False) -> None:
    """List the sites of all accounts."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = sites.of_account(connection, None)
    show(("id", "domain", "account"), [(site.uuid, site.domain, site.account_id) for site in found], as_json=as_json)


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
