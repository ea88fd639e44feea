"""`footfall sites`: sites without HTTP."""

from __future__ import annotations

import json
from typing import Annotated

import psycopg
import typer

from core.errors import FootfallError
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
