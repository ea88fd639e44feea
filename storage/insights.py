"""Insights in the store: of each site and day one document, as `aggregations.insights` makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg.types.json import Jsonb

from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from psycopg import Connection


class Insight(NamedTuple):
    """What was said about the seven days up to `day`, which is one of the site's time zone."""

    id: int
    day: date
    generated_at: int  # ms since 1970 UTC
    document: Mapping[str, Any]


class Page(NamedTuple):
    """Some of a site's insights, the newest day first, and when the next are made."""

    rows: list[Insight]
    total: int
    due_at: int | None  # ms since 1970 UTC; None if nobody makes any


def insert(connection: Connection, *, site: int, day: date, generated_at: int, document: Mapping[str, Any]) -> bool:
    """Keep what was said at `generated_at` (ms); False if the day has insights already. The caller commits."""
    given = {"site": site, "day": day, "generated_at": instant(generated_at), "document": Jsonb(dict(document))}
    return connection.execute(load("insights.insert"), given).fetchone() is not None


def exist(connection: Connection, *, site: int, day: date) -> bool:
    """Return whether the site has insights of the day."""
    row = connection.execute(load("insights.exist"), {"site": site, "day": day}).fetchone()
    return row is not None and bool(row[0])


def page(connection: Connection, *, site: int, limit: int, offset: int = 0) -> Page:
    """Return the site's insights."""
    of_site = {"site": site}
    rows = connection.execute(load("insights.page"), {**of_site, "limit": limit, "offset": offset}).fetchall()
    total = connection.execute(load("insights.count"), of_site).fetchone()
    due = connection.execute(load("insights.due"), of_site).fetchone()
    return Page([Insight._make(row) for row in rows], 0 if total is None else total[0], None if due is None else due[0])


def forget(connection: Connection, *, site: int, before: date) -> int:
    """Remove the site's insights of days before one and return how many. The caller commits."""
    return connection.execute(load("insights.forget"), {"site": site, "day": before}).rowcount
