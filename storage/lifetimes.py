"""All that people ever saw of sites, many sites at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.rollups import Grain
from storage.sql import load
from storage.times import millis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg import Connection


class Lifetime(NamedTuple):
    """What people saw of a site from its first day to now."""

    views: int = 0
    unique_views: int = 0  #: of these, each visitor's first of a page on a UTC day


class Known(NamedTuple):
    """What the tables say of a site."""

    lifetime: Lifetime
    untold: list[int]  # marked hours (starts, ms) of days that are in files only; what they hold is not counted


def of_sites(connection: Connection, sites: Iterable[int]) -> dict[int, Known]:
    """Return what is known of each of the sites of which there is anything."""
    grains = {grain.name.lower(): grain.value for grain in Grain}
    rows = connection.execute(load("reports.lifetime"), {"sites": list(sites), **grains})
    return {
        site: Known(Lifetime(views, unique_views), [millis(hour) for hour in untold or ()])
        for site, views, unique_views, untold in rows
    }
