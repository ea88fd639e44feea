"""What a start says: where everything is, and on the first one how to go on."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Final

import psycopg

from core.accounts import Api, Role
from ops import installation
from storage import keys

if TYPE_CHECKING:
    from ops.settings import Settings

#: The account that a first start makes a key for.
ACCOUNT: Final = "default"

_FIRST: Final = """
This is the first start. The admin key of the account "{account}", printed only now:

    {key}

Sign in with it: the page makes a site, shows the script to paste and notices the first visit. `footfall demo`
fills a site of its own, to look around in.
"""


def greet(dsn: str, settings: Settings, *, port: int) -> None:
    """Print the address; where no admin can log in yet, also a new admin key and what to do with it."""
    url = address(settings, port)
    text = f"Footfall is ready. Dashboard: {url}/\n"
    with psycopg.connect(dsn) as connection:
        if not keys.admin_exists(connection):
            encrypt = partial(installation.vault(settings, data=settings.data).encrypt, connection)
            key = keys.create(connection, Api.TINYTRAIL, Role.ADMIN, ACCOUNT, encrypt=encrypt)
            text += _FIRST.format(account=ACCOUNT, key=key)
    sys.stdout.write(text)
    sys.stdout.flush()


def address(settings: Settings, port: int) -> str:
    """Return how browsers reach us, as far as we can know."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "localhost" if settings.host in {"0.0.0.0", "::", ""} else settings.host  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
