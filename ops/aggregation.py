"""A day of all sites rolled up on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage import sites

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from aggregations.job import RollupJob


class RolledSites(NamedTuple):
    """What was done."""

    sites: int
    rows: int  # rollup rows written


def aggregate_day(pool: ConnectionPool, job: RollupJob, day: int) -> RolledSites:
    """Roll up the UTC day that begins at `day` (ms) of every site, marked or not. Blocks.

    Raises:
        Unavailable: another job has a site for minutes.
        psycopg.OperationalError: the database is away.
    """
    with pool.connection() as connection:
        found = sites.of_account(connection, None)
    rolled = [job.roll_day(site.id, day, force=True) for site in found]
    return RolledSites(len(found), sum(done.rows for done in rolled if done is not None))
