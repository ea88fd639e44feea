"""A year of made-up visits, day by day, the newest first: a page is full long before the year is."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from aggregations.imports import FileDay, import_day
from core.spans import DAY, HOUR, day_of
from ops.demo.enriching import Enriching
from ops.demo.visits import visits_of
from storage import import_jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg_pool import ConnectionPool

    from aggregations.job import RollupJob
    from core.clock import Clock
    from core.events import Event
    from core.sites import Site
    from ops.demo.traffic import Traffic

#: An id is the job's number, the day's and the event's within it: 14 bits of days are 44 years.
_JOB_BITS: Final = 32
_DAYS: Final = 1 << 14
_EVENT_BITS: Final = 18
#: A day is needed with those around it, and visits of the day before go on in it.
_KEPT: Final = 6


class History:
    """The visits of a site up to an instant. Filling it again, after an end or a crash, adds nothing twice.

    Args:
        site: whose.
        traffic: how many.
        until: the instant (ms) at which it ends.
        seed: the same makes the same visits.
        pool: of the installation's database.
        rollups: rolls up each day.
        clock: measures.
    """

    def __init__(  # noqa: PLR0913 - everything it depends on, named
        self,
        site: Site,
        traffic: Traffic,
        *,
        until: int,
        seed: int,
        pool: ConnectionPool,
        rollups: RollupJob,
        clock: Clock,
    ) -> None:
        self._site = site
        self._traffic = traffic
        self._until = until
        self._seed = seed
        self._pool = pool
        self._rollups = rollups
        self._clock = clock
        self._name = hashlib.sha256(f"demo {seed}".encode()).digest()
        self._begun = lru_cache(maxsize=_KEPT)(self._begun_on)

    def fill(self) -> Iterator[tuple[int, int]]:
        """Write the days that are not in yet; yield (days done, events of them) after each, beginning with none.

        Raises:
            Unavailable: a day is in, but another job had the site for minutes.
            psycopg.OperationalError: the database is away.
        """
        with self._pool.connection() as connection:
            job = import_jobs.begin(connection, site=self._site.id, file_hash=self._name, salt=secrets.token_bytes(32))
            done = import_jobs.days_done(connection, site=self._site.id, file_hash=self._name)
        if job.salt is None:
            return
        self._job = job.id
        self._enriching = Enriching(self._site, salt=job.salt, clock=self._clock)
        count = 0
        yield count, 0
        for day in range(self._traffic.last, self._traffic.first - 1, -DAY):
            count += 1
            if day not in done:
                what = FileDay(site=self._site.id, file_hash=self._name, day=day)
                around = [self._events(near) for near in (day - DAY, day, day + DAY)]
                import_day(self._pool, self._rollups, what, chain.from_iterable(around))
                yield count, len(around[1])
            else:
                yield count, 0

    def _events(self, day: int) -> list[Event]:
        """The events of a day."""
        return [event for begun in (day - DAY, day) for event in self._begun(begun) if day_of(event.ts) == day]

    def _begun_on(self, day: int) -> list[Event]:
        """The events of the visits that begin on a day."""
        if not self._traffic.first <= day <= self._traffic.last:
            return []
        number = self._job << _JOB_BITS | (day // DAY % _DAYS) << _EVENT_BITS
        hits = (
            hit
            for hour in range(day, day + DAY, HOUR)
            for visit in visits_of(self._traffic, hour, seed=self._seed)
            for hit in visit
            if hit.ts < self._until
        )
        found = (self._enriching.event(hit, id_=id_) for id_, hit in enumerate(hits, number))
        return [one.event for one in found if one is not None]
