"""Issues of sites' content, as a run would have found them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from core.content import IssueKind

if TYPE_CHECKING:
    from psycopg import Connection

_NUMBERS: Final = count()


def make_issue(connection: Connection, site: int, *, kind: IssueKind = IssueKind.BROKEN_LINK, url: str = "") -> int:
    """Add one to a site and return its number; without `url` at an address that nothing else has."""
    row = connection.execute(
        "INSERT INTO content_issues (site, kind, url, found_on, status_code, message, found_at, checked_at)"
        " VALUES (%s, %s, %s, 'https://example.com/', 404, 'Not Found', now(), now()) RETURNING id",
        [site, kind, url or f"https://example.com/gone/{next(_NUMBERS)}"],
    ).fetchone()
    assert row is not None
    return int(row[0])
