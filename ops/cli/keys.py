"""`footfall keys`: who may ask."""

from __future__ import annotations

import json
from functools import partial
from typing import Annotated
from uuid import UUID

import psycopg
import typer

from core.accounts import Access, Api, Role, check_email, check_key_name
from core.errors import InvalidInput, NotFound
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from ops.cli.exits import Exit
from storage import keys

app = group("Keys that open the HTTP APIs.")

_COLUMNS = ("id", "api", "role", "account", "created", "revoked")


@app.command(
    epilog=epilog(
        "footfall keys create --api tinytrail --role admin",
        "footfall keys create --data ./data --api tinytrail --role user --json",
        "footfall keys create --api tinylytics --role user --access read_only --name dashboard",
    )
)
def create(  # noqa: PLR0913 - its options
    *,
    api: Annotated[Api, typer.Option(help="The API whose routes it opens.")],
    role: Annotated[Role, typer.Option(help="admin sees every account, user the own one.")],
    account: Annotated[str, typer.Option(metavar="NAME", help="Made if it is not there.")] = "default",
    access: Annotated[Access, typer.Option(help="read_only keys write nothing; tinylytics has them.")] = Access.FULL,
    name: Annotated[str, typer.Option(metavar="TEXT", help="What the key is called in lists.")] = "",
    email: Annotated[str, typer.Option(metavar="TEXT", help="What its user is called.")] = "",
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object with `key`.")] = False,
) -> None:
    """Make a user with a key of one API and print the key; it opens no other API.

    An admin can have TinyTrail's shown again by GET /api/v1/users/ID/api-key.
    """
    if not account.strip():
        raise InvalidInput("an account needs a name: --account NAME")
    settings = begin()
    with installation.database(settings, data=data, create=True) as dsn, psycopg.connect(dsn) as connection:
        # Nothing shows a key of another API again.
        kept = partial(installation.vault(settings, data=data).encrypt, connection) if api is Api.TINYTRAIL else None
        key = keys.create(
            connection,
            api,
            role,
            account.strip(),
            access=access,
            email=check_email(email),
            encrypt=kept,
            name=check_key_name(name) if name else "",
        )
    made = {"key": key, "api": api.value, "role": role.value, "access": access.value, "account": account.strip()}
    say(json.dumps(made) if as_json else key)


@app.command("list", epilog=epilog("footfall keys list --json"))
def list_(*, data: Data = None, as_json: Json = False) -> None:
    """List all keys by their ids; the keys themselves are not shown."""
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


@app.command("rotate-secret", epilog=epilog("footfall keys rotate-secret --data ./data"))
def rotate_secret(*, data: Data = None) -> None:
    """Encrypt all keys anew, all or none: with the first secret of FOOTFALL_SECRET_KEY, else with one made now.

    The keys stay what they are; the server may run. To change a secret of yours, put the new one first in
    FOOTFALL_SECRET_KEY of all processes (NEW,OLD), start them again, run this, and then take the old one away.
    """
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        rotated = installation.vault(settings, data=data).rotate(connection)
    if rotated.unreadable:
        say(
            f"encrypted {rotated.keys} keys anew; {rotated.unreadable} cannot be shown, because their secret is not"
            " known: give it in FOOTFALL_SECRET_KEY too, or delete their users and make new ones. They go on working"
        )
        raise typer.Exit(Exit.PARTLY)
    say(f"encrypted {rotated.keys} keys anew")
