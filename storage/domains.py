"""When the registrations of sites' domains end, in the store."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from core.certificates import Warned
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from psycopg import Connection


class Source(StrEnum):
    """Who told it."""

    RDAP = "rdap"
    WHOIS = "whois"


class DomainCheck(NamedTuple):
    """What is known of a site's domain. Times are ms since 1970 UTC."""

    site: int
    domain: str  #: of the site when it was asked for
    tested_at: int
    expires_at: int | None  #: None: nobody tells
    source: Source | None
    error: str = ""  #: why the last test brought nothing, for people
    warned: Warned = Warned()


def of_site(connection: Connection, site: int) -> DomainCheck | None:
    """Return what is known of its domain; None if it was not asked for yet."""
    row = connection.execute(load("domains.of_site"), {"site": site}).fetchone()
    if row is None:
        return None
    number, domain, tested_at, expires_at, source, error, level, warned_at = row
    told_by = None if source is None else Source(source)
    return DomainCheck(number, domain, tested_at, expires_at, told_by, error, Warned(level, warned_at))


def put(connection: Connection, check: DomainCheck) -> None:
    """Write what is known now. The caller commits."""
    given = check._asdict() | {
        "tested_at": instant(check.tested_at),
        "expires_at": None if check.expires_at is None else instant(check.expires_at),
        "warned_level": check.warned.level,
        "warned_at": None if check.warned.at is None else instant(check.warned.at),
    }
    connection.execute(load("domains.put"), given)
