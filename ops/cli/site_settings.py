"""How a site and its settings are written on a command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from core.errors import InvalidInput, NotFound
from core.site_settings import SETTINGS
from core.sites import Site
from storage import sites

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg import Connection


def site_of(connection: Connection, text: str) -> Site:
    """Return the site of this id or domain.

    Raises:
        NotFound: there is none.
        InvalidInput: several accounts have a site of this domain.
    """
    try:
        found = [sites.find(connection, UUID(text))]
    except ValueError:
        found = [site for site in sites.of_account(connection, None) if site.domain == text.lower()]
    if len(found) > 1:
        ids = ", ".join(str(site.uuid) for site in found if site)
        raise InvalidInput(f"{len(found)} accounts have a site {text}: name one by its id, {ids}")
    site = found[0] if found else None
    if site is None:
        raise NotFound(f"there is no site {text}: see `footfall sites list`")
    return site


def read_settings(given: Iterable[str]) -> dict[str, object]:
    """Return settings given as NAME=VALUE as JSON would have them, unchecked.

    A list is JSON, or texts between commas; nothing is an empty one. Texts stand for themselves, all else is JSON.

    Raises:
        InvalidInput: one is not of this form.
    """
    found: dict[str, object] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise InvalidInput(f"{text!r} must be NAME=VALUE, such as time_zone=Europe/Berlin")
        found[name] = _value(name, value)
    return found


def write_value(value: object) -> str:
    """Return a value of a setting as `read_settings` would take it."""
    if isinstance(value, tuple):
        return ",".join(value) if not any("," in text for text in value) else json.dumps(value)
    return value if isinstance(value, str) else json.dumps(value)


def _value(name: str, text: str) -> object:
    default = getattr(Site, name) if name in SETTINGS else text
    if isinstance(default, str):
        return text
    if isinstance(default, tuple) and not text.startswith("["):
        return [part for part in text.split(",") if part.strip()]
    try:
        return json.loads(text)
    except ValueError:
        return text
