"""How long a site's files and sums are kept: from which days on it has them, and how older ones go.

What is said to be gone is gone for everybody who asks from then on, and is removed ten minutes later: whoever has asked
before still finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import sql

from storage.sql import load
from storage.times import instant, millis, millis_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg import Connection


class Kept(NamedTuple):
    """From which days (starts, ms) on a site has something; 0: from the beginning."""

    files_from: int = 0  # events and visits
    rollups_from: int = 0  # sums

    def can_change(self, day: int) -> bool:
        """Whether something can be added to the day (start, ms), or it can be made anew.

        Not if it is gone, nor if the day before is, on which some of its visits began.
        """
        return not self.files_from or day > self.files_from


class Limits(NamedTuple):
    """A site of which something goes by its age, and after how many days."""

    site: int
    files: int
    rollups: int | None


class Passed(NamedTuple):
    """A site that has something still of days that are gone."""

    site: int
    kept: Kept


EVERYTHING: Final = Kept()


def of_site(connection: Connection, site: int) -> Kept:
    """Return what a site has."""
    row = connection.execute(load("site_retention.of_site"), {"site": site}).fetchone()
    return EVERYTHING if row is None else Kept(millis(row[0]), millis(row[1]))


def due(connection: Connection, *, now: int) -> list[Limits]:
    """Return the sites whose limits hold at `now` (ms)."""
    return [Limits(*row) for row in connection.execute(load("site_retention.due"), {"now": instant(now)})]


def bound(connection: Connection, *, site: int, day: int) -> int | None:
    """Return `day` (start, ms), or the earlier one up to which days of the site may go.

    A day may go when its rows are gone, it is final, and its files have no later day. None: no row was ever dropped.
    """
    given = {"site": site, "day": instant(day).date()}
    row = connection.execute(load("site_retention.bound"), given).fetchone()
    return None if row is None or row[0] is None else millis_of(row[0])


def move(connection: Connection, *, site: int, kept: Kept, at: int) -> Kept | None:
    """Say from which days on the site has something, at `at` (ms), and return it; None if it had no more before.

    The caller holds the site's lock and that of the past alone, and commits.
    """
    given = {
        "site": site,
        "files_from": instant(kept.files_from).date(),
        "rollups_from": instant(kept.rollups_from).date(),
        "at": instant(at),
    }
    row = connection.execute(load("site_retention.move"), given).fetchone()
    if row is None:
        return None
    moved = Kept(millis(row[0]), millis(row[1]))
    day = instant(moved.files_from).date()
    connection.execute(load("site_retention.drop_gaps"), {"site": site, "day": day})
    return moved


def passed(connection: Connection, *, before: int) -> list[Passed]:
    """Return the sites that were said to have less before `before` (ms), and have not."""
    rows = connection.execute(load("site_retention.passed"), {"before": instant(before)})
    return [Passed(site, Kept(millis(files), millis(rollups))) for site, files, rollups in rows]


def drop_files(connection: Connection, what: Passed, *, at: int) -> int:
    """Let files of days that are gone be current no longer from `at` (ms) on; return how many. The caller commits."""
    given = {"site": what.site, "before": instant(what.kept.files_from), "at": instant(at)}
    return connection.execute(load("site_retention.drop_files"), given).rowcount


def first_sum(connection: Connection, site: int) -> int | None:
    """Return when the oldest hour, day or month with sums of a site began, ms."""
    row = connection.execute(load("site_retention.first_span"), {"site": site}).fetchone()
    return None if row is None or row[0] is None else millis(row[0])


def drop_month(connection: Connection, tables: Iterable[str], *, site: int, month: int, end: int) -> None:
    """Remove the sums of a site's month, from its start to its end (ms). The caller holds the site's lock, commits."""
    given = {"site": site, "begin": instant(month), "end": instant(end)}
    for table in tables:
        connection.execute(sql.SQL(load("site_retention.drop_span")).format(table=sql.Identifier(table)), given)
    connection.execute(load("months.remove"), {"site": site, "month": instant(month).date()})
