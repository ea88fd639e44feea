"""What collectors dropped of each site: by UTC day and reason, a count and the last host that was not allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from psycopg import AsyncConnection, Connection


class Dropped(NamedTuple):
    """So many events of a site on a day."""

    site: int
    day: date  # UTC
    reason: str  # of core.drops.DropReason
    count: int  # type: ignore[assignment]  # nobody asks how often a value is in it
    host: str = ""  #: the last one, where it was the reason


async def add(connection: AsyncConnection, dropped: Sequence[Dropped]) -> None:
    """Add the counts to those that are there. The caller commits."""
    sites, days, reasons, counts, hosts = zip(*dropped, strict=True) if dropped else ((), (), (), (), ())
    await connection.execute(
        load("drops.add"),
        {
            "sites": list(sites),
            "days": list(days),
            "reasons": list(reasons),
            "counts": list(counts),
            "hosts": list(hosts),
        },
    )


def oldest(connection: Connection, site: int) -> date | None:
    """Return the first UTC day on which anything of the site was dropped, if anything was."""
    row = connection.execute(load("drops.oldest"), {"site": site}).fetchone()
    return None if row is None else row[0]


def of_site(connection: Connection, site: int, first: date, last: date) -> list[Dropped]:
    """Return what was dropped from the first to the last UTC day, both included: by day, of each day the most first."""
    given = {"site": site, "first": first, "last": last}
    return [Dropped._make(row) for row in connection.execute(load("drops.of_site"), given)]
