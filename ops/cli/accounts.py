"""`footfall accounts`: who owns sites."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer

from core.errors import InvalidInput, NotFound
from core.site_settings import time_zones
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from storage import accounts

app = group("Accounts, which own sites and their keys.")

_COLUMNS = ("id", "name", "time_zone")


@app.command("list", epilog=epilog("footfall accounts list", "footfall accounts list --json"))
def list_(*, data: Data = None, as_json: Json = False) -> None:
    """List all accounts."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = [(account.id, account.name, account.time_zone) for account in accounts.all_accounts(connection)]
    show(_COLUMNS, found, as_json=as_json)


@app.command("set-time-zone", epilog=epilog("footfall accounts set-time-zone default Europe/Berlin"))
def set_time_zone(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `footfall accounts list` shows it.")],
    zone: Annotated[str, typer.Argument(metavar="ZONE", help="Of the IANA database, such as Asia/Kathmandu.")],
    data: Data = None,
) -> None:
    """Say where the days of an account begin: Tinylytics' `time_zone=user`. Its sites have zones of their own."""
    if zone not in time_zones():
        raise InvalidInput(f"{zone!r} is no time zone of the IANA database, such as Europe/Berlin or UTC")
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        account = accounts.set_time_zone(connection, name, zone)
    if account is None:
        raise NotFound(f"there is no account {name}: see `footfall accounts list`")
    say(f"the days of {account.name} begin by {account.time_zone}")
