"""The import of a file: read it, put its events aside by day, then count day by day.

Running it again, after an end or a crash, adds nothing twice: the file is known by its hash, its salt is kept until the
job is done, an event's id follows from its line, and each day notes in its own transaction that it is in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from aggregations.imports import FileDay, import_day
from api.collector.clients import canonical
from core.drops import DropReason
from core.enrich.draft import Lookups
from core.enrich.pipeline import Enrichment
from core.errors import InvalidInput, Refused
from core.ids import Stamp
from core.raw import Request
from core.spans import DAY
from core.visitors import DaySalt, Visitors
from ops.imports.lines import read_line
from ops.imports.report import Report
from storage import import_jobs, sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from psycopg_pool import ConnectionPool

    from aggregations.job import RollupJob
    from core.agents import Agent
    from core.channels import Source
    from core.clock import Clock
    from core.enrich.pipeline import Enriched
    from core.places import Place
    from core.raw import RawEvent
    from core.sites import Site
    from core.telemetry import Telemetry
    from core.visitors import Identity
    from ops.imports.staging import Staging
    from storage.import_jobs import ImportJob

#: An id is the job's number and the line's: unique among imported events, below 2**53 for two million jobs.
_LINE_BITS: Final = 32
_BLOCK: Final = 1 << 20
_MAX_USER_AGENT: Final = 512


@dataclass(slots=True)
class _Cursor:
    """The line that the steps are run over."""

    number: int
    time: int
    job: int
    visitors: Visitors


class Import:
    """One file, of one site or of several."""

    def __init__(  # noqa: PLR0913 - everything it depends on, named
        self,
        file: Path,
        *,
        pool: ConnectionPool,
        rollups: RollupJob,
        clock: Clock,
        telemetry: Telemetry,
        agent: Callable[[str], Agent],
        source: Callable[[str], Source | None],
        place: Callable[[str], Place],
        parse: Callable[[bytes], list[tuple[str, RawEvent]]],
        staging: Staging,
        site: UUID | None = None,
        report: Report | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            file: lines of JSON, see `ops.imports.lines`.
            pool: of the installation's database.
            rollups: rolls up each day.
            clock: lines after its time are refused.
            telemetry: counts the steps.
            agent: what a user agent is.
            source: what a referring host is.
            place: where an address is.
            parse: a body's sites and events; raises InvalidInput.
            staging: where events are put aside.
            site: takes every line, whatever site it names.
            report: is filled.
        """
        self._file = file
        self._pool = pool
        self._rollups = rollups
        self._clock = clock
        self._parse = parse
        self._staging = staging
        self._site = site
        self.report = report or Report()
        self._hash = b""
        self._cursor = _Cursor(0, 0, 0, visitors_of(b""))
        self._jobs: dict[int, tuple[ImportJob, Visitors | None]] = {}
        self._enrichment = Enrichment(
            lookups=Lookups(agent=agent, source=source, place=place, stamp=self._stamp, identify=self._identify),
            clock=clock,
            telemetry=telemetry,
        )
        self._find = lru_cache(maxsize=10_000)(self._find_site)

    def hash(self) -> Iterator[int]:
        """Read the whole file to know it again; yield how many bytes were read at each step."""
        digest = hashlib.sha256()
        with self._file.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                yield len(block)
        self._hash = digest.digest()

    def read(self) -> Iterator[int]:
        """Read every line and put its event aside; yield how many bytes were read at each line. Call `hash` before."""
        now = self._clock.now_ms()
        with self._file.open("rb") as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    self.report.lines += 1
                    try:
                        self._line(number, text, now=now)
                    except InvalidInput as error:
                        self.report.refuse(number, str(error))
                yield len(text)
        self._staging.flush()

    def write(self) -> Iterator[tuple[int, int]]:
        """Write the days that are not in yet, oldest first; yield (days done, days) after each. Call `read` before."""
        days = self._staging.days()
        done = {site: self._days_done(site) for site in self._jobs}
        for count, (site, day) in enumerate(days, 1):
            if day in done[site]:
                self.report.days_before += 1
            else:
                around = (self._staging.events(site, near) for near in (day - DAY, day, day + DAY))
                what = FileDay(site=site, file_hash=self._hash, day=day)
                try:
                    written = import_day(self._pool, self._rollups, what, chain.from_iterable(around))
                except Refused as error:
                    self.report.refuse_day(str(error))
                else:
                    self.report.days += written is not None
                    self.report.days_before += written is None
            yield count, len(days)
        with self._pool.connection() as connection:
            for job, _ in self._jobs.values():
                import_jobs.end(connection, job)

    def _line(self, number: int, text: bytes, *, now: int) -> None:
        line = read_line(text, now=now)
        ((key, raw),) = self._parse(text if self._site is None else _with_site(text, str(self._site)))
        site = self._find(key)
        if site is None:
            self.report.refuse(number, "no site has this website_id")
            return
        job, visitors = self._job(site.id)
        if visitors is None:
            self.report.before += 1
            return
        self._cursor = _Cursor(number, line.time, job.id, visitors)
        request = Request(ip=canonical(line.ip), user_agent=line.user_agent[:_MAX_USER_AGENT])
        outcome: Enriched | DropReason = self._enrichment.run(raw, request, site)
        if isinstance(outcome, DropReason):
            self.report.refuse(number, f"left out: {outcome.value}")
        else:
            self._staging.add(outcome.event)
            self.report.accepted += 1

    def _find_site(self, key: str) -> Site | None:
        try:
            uuid = UUID(key)
        except ValueError:
            return None
        with self._pool.connection() as connection:
            return sites.find(connection, uuid)

    def _job(self, site: int) -> tuple[ImportJob, Visitors | None]:
        found = self._jobs.get(site)
        if found is None:
            with self._pool.connection() as connection:
                job = import_jobs.begin(connection, site=site, file_hash=self._hash, salt=secrets.token_bytes(32))
            found = self._jobs[site] = (job, None if job.salt is None else visitors_of(job.salt))
        return found

    def _days_done(self, site: int) -> set[int]:
        with self._pool.connection() as connection:
            return import_jobs.days_done(connection, site=site, file_hash=self._hash)

    def _stamp(self) -> Stamp:
        return Stamp(self._cursor.time, self._cursor.job << _LINE_BITS | self._cursor.number)

    def _identify(self, ts: int, site: int, ip: str, user_agent: str) -> Identity:
        return self._cursor.visitors.identify(ts, site, ip, user_agent)


def _with_site(text: bytes, key: str) -> bytes:
    """Return the body with this site in place of its own, if it has one."""
    return msgspec.json.encode({**msgspec.json.decode(text, type=dict[str, msgspec.Raw]), "website_id": key})


def visitors_of(salt: bytes) -> Visitors:
    """Hashes of a job: each UTC day has a salt of its own, made from the job's."""

    @lru_cache(maxsize=16)
    def salt_of(day: int) -> DaySalt:
        return DaySalt(hmac.digest(salt, b"%d" % day, "sha256"))

    return Visitors(bucket_key=salt, salt_of=salt_of)
