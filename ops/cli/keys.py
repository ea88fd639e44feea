"""`footfall keys`: who may ask."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

import psycopg
import typer

from core.accounts import Api, Role
from core.errors import InvalidInput, NotFound
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from storage import keys

app = group("Keys that open the HTTP APIs.")

_COLUMNS = ("id", "api", "role", "account", "created", "revoked")


@app.command(
    epilog=epilog(
        "footfall keys create --api tinytrail --role admin",
        "footfall keys create --data ./data --api tinytrail --role user --json",
    )
)
def create(
    *,
    api: Annotated[Api, typer.Option(help="The API whose routes it opens.")],
    role: Annotated[Role, typer.Option(help="admin sees every account, user the own one.")],
    account: Annotated[str, typer.Option(metavar="NAME", help="Made if it is not there.")] = "default",
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object with `key`.")] = False,
) -> None:
    """Make a key and print it. It is not stored and cannot be shown again."""
    if not account.strip():
        raise InvalidInput("an account needs a name: --account NAME")
    settings = begin()
    with installation.database(settings, data=data, create=True) as dsn, psycopg.connect(dsn) as connection:
        try:
            key = keys.create(connection, api, role, account.strip())
        except ValueError as error:
            raise InvalidInput(str(error)) from error
    made = {"key": key, "api": api.value, "role": role.value, "account": account.strip()}
    say(json.dumps(made) if as_json else key)


@app.command("list", epilog=epilog("footfall keys list --json"))
def list_(*, data: Data = None, as_json: Json = False) -> None:
    """List all keys by their ids; the keys themselves are not stored."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = keys.all_keys(connection)
    show(_COLUMNS, found, as_json=as_json)


@app.command(epilog=epilog("footfall keys revoke 0b6ff7a8-5a0e-4c57-9a9e-0c3a0f3a8f52"))
def revoke(
    *,
    key_id: Annotated[UUID, typer.Argument(metavar="ID", help="As `footfall keys list` shows it.")],
    data: Data = None,
) -> None:
    """Make a key open nothing any more, within seconds."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        if not keys.revoke(connection, key_id):
            raise NotFound(f"no key that still works has the id {key_id}: see `footfall keys list`")
    say(f"revoked {key_id}")
