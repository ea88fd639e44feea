"""`footfall settings`: what can be chosen, and what is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ops.cli.common import Json, begin, epilog, say, show
from ops.settings import rows

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("settings", epilog=epilog("FOOTFALL_PORT=80 footfall settings --json"))(list_)


def list_(*, as_json: Json = False) -> None:
    """List every setting: name, value, default, unit and meaning. Passwords are not shown."""
    found = rows(begin())
    if as_json:
        say(json.dumps(found))
    else:
        columns = ("name", "value", "default", "unit", "meaning")
        show(columns, [[row[column] for column in columns] for row in found], as_json=False)
