"""Visitors of UTC days before and after the midnight of their site's time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.rollups import Grain
from storage.sql import load
from storage.times import instant, instants, millis

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg import Connection


class ZoneVisitors(NamedTuple):
    """Distinct visitors of one class on a UTC day."""

    traffic: int
    before: int  # before the zone's midnight
    after: int


class Halves(NamedTuple):
    """Distinct visitors of some classes on a UTC day."""

    before: int
    after: int


def of_site(connection: Connection, site: int) -> str:
    """Return the name of the site's time zone; UTC of a site that there is not."""
    row = connection.execute(load("zones.of_site"), {"site": site}).fetchone()
    return "UTC" if row is None else str(row[0])


def hold(connection: Connection, site: int) -> str:
    """Return what `of_site` does; it stays so until the end of the transaction."""
    row = connection.execute(load("zones.hold"), {"site": site}).fetchone()
    return "UTC" if row is None else str(row[0])


def forget(connection: Connection, *, site: int) -> None:
    """Forget what is known of the site in any zone. The caller commits."""
    connection.execute(load("zones.forget"), {"site": site})


def replace(connection: Connection, *, site: int, day: int, zone: str, visitors: Iterable[ZoneVisitors]) -> None:
    """Replace what is known of the UTC day (start, ms) in any zone. The caller commits."""
    connection.execute(load("zones.clear"), {"site": site, "day": instant(day)})
    for traffic, before, after in visitors:
        connection.execute(
            load("zones.put"),
            {"site": site, "class": traffic, "day": instant(day), "zone": zone, "before": before, "after": after},
        )


def of_days(
    connection: Connection, *, site: int, zone: str, classes: Sequence[int], days: Iterable[int]
) -> dict[int, Halves]:
    """Return what is known of the UTC days (starts, ms) in the zone; only days without a mark may be asked for.

    Days that are not known in all the classes are left out, unless nothing happened on them.
    """
    rows = connection.execute(
        load("zones.of_days"),
        {
            "site": site,
            "zone": zone,
            "classes": [int(traffic) for traffic in classes],
            "days": instants(days),
            "grain": int(Grain.DAY),
        },
    )
    return {millis(day): Halves(before, after) for day, before, after in rows}
