"""`footfall ignore`: addresses whose visits are not counted, whatever the site."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer

from core.errors import NotFound
from core.ignore_list import one_form, require_room
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from storage import ignored

app = group("Addresses whose visits no site counts.")

Network = Annotated[str, typer.Argument(metavar="IP|CIDR", help="Like 203.0.113.7 or 2001:db8::/32.")]


@app.command(epilog=epilog("footfall ignore add 203.0.113.7", "footfall ignore add 2001:db8::/32 --data ./data"))
def add(*, network: Network, data: Data = None) -> None:
    """Count visits from an address or network no more, within seconds; what was counted stays.

    TinyTrail's `excluded_ips` are the same for one site.
    """
    checked = one_form(network)
    settings = begin()
    with installation.database(settings, data=data, create=True) as dsn, psycopg.connect(dsn) as connection:
        require_room(ignored.all_networks(connection), checked)
        ignored.add(connection, checked)
    say(f"ignoring {checked}")


@app.command("list", epilog=epilog("footfall ignore list --json"))
def list_(*, data: Data = None, as_json: Json = False) -> None:
    """List what is ignored."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = ignored.all_networks(connection)
    show(("network",), [(network,) for network in found], as_json=as_json)


@app.command(epilog=epilog("footfall ignore remove 203.0.113.7"))
def remove(*, network: Network, data: Data = None) -> None:
    """Count visits from an address or network again, within seconds."""
    checked = one_form(network)
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        if not ignored.remove(connection, checked):
            raise NotFound(f"{checked} is not ignored: see `footfall ignore list`")
    say(f"counting {checked} again")
