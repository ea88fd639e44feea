"""Sweeps: everything of a deleted site is removed.

At once, again when batches that were in flight have ended, and again when the log has forgotten its events.
"""

from __future__ import annotations

import logging
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

from core.errors import InvalidInput
from core.spans import DAY, MINUTE
from storage import dead_letters, sweeps
from storage.locks import no_backup
from streams.codec import decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.telemetry import Telemetry
    from storage.archive.store import ArchiveStore
    from storage.dead_letters import StoredDeadLetter
    from storage.sweeps import DeletedSite, SweptTable

_log = logging.getLogger(__name__)

#: When a site is swept, after its deletion, ms. The log keeps a message for seven days; a day of slack.
AFTER: Final = (0, 10 * MINUTE, 8 * DAY)
#: Rows removed in one transaction.
ROWS: Final = 10_000
#: What is counted beside tables.
_FILES: Final = "files"
#: Dead letters read at a time.
LETTERS: Final = 1_000
#: How long one call may take before it leaves the rest to the next, seconds; so rollups are never late for long.
TURN: Final = 10.0


class Sweeper:
    """Removes what is due, batch by batch; whatever stops it, the next call goes on where it was."""

    def __init__(
        self,
        *,
        pool: ConnectionPool,
        clock: Clock,
        telemetry: Telemetry,
        rows: int = ROWS,
        archive: ArchiveStore | None = None,
    ) -> None:
        self._pool = pool
        self._archive = archive
        self._clock = clock
        self._telemetry = telemetry
        self._rows = rows
        self._removed: dict[int, Counter[str]] = {}
        self._letters_read: dict[int, int] = {}  # by site, the last dead letter that was looked at

    def work(self, stop: Event) -> None:
        """Sweep what is due for some seconds, or until `stop` is set.

        Raises:
            psycopg.OperationalError: the database is away; what was removed is removed.
        """
        now, ends = self._clock.now_ms(), self._clock.monotonic() + TURN
        with self._pool.connection() as connection:
            due = [site for site in sweeps.waiting(connection) if site.deleted_at + AFTER[site.swept] <= now]
        for position, site in enumerate(due):
            self._telemetry.set("footfall_sites_to_sweep", len(due) - position)
            steps: list[Callable[[DeletedSite], bool]] = [partial(self._remove, table) for table in sweeps.TABLES]
            if not self._remove_files(site):
                return
            for step in (*steps, self._remove_letters):
                while step(site):
                    if stop.is_set() or self._clock.monotonic() > ends:
                        return
            self._done(site)
        self._telemetry.set("footfall_sites_to_sweep", 0)

    def _remove(self, table: SweptTable, site: DeletedSite) -> bool:
        """Whether there was anything to remove, so that more may be left."""
        with self._pool.connection() as connection:
            rows = sweeps.remove(connection, table, site.site, rows=self._rows)
        self._count(site, table.name, rows)
        return rows > 0

    def _remove_files(self, site: DeletedSite) -> bool:
        """Remove the site's folder, and return whether it is gone: not while a backup may read it.

        Nobody else reads it any more, and who still writes to it is swept after.
        """
        if self._archive is None:
            return True
        with self._pool.connection() as connection, connection.transaction():
            if not no_backup(connection):
                return False
            names = [found.name for found in self._archive.found(site.site)]
            self._archive.remove(names)
        if names:
            self._removed.setdefault(site.site, Counter())[_FILES] += len(names)
        return True

    def _remove_letters(self, site: DeletedSite) -> bool:
        """Whether there were dead letters to look at: only inside they say whose they are."""
        after = self._letters_read.get(site.site, 0)
        with self._pool.connection() as connection:
            letters = dead_letters.waiting(connection, after=after, limit=LETTERS, replayed_too=True)
            rows = dead_letters.remove(connection, [letter.id for letter in letters if _is_of(letter, site.site)])
        self._count(site, "dead_letters", rows)
        if letters:
            self._letters_read[site.site] = letters[-1].id
        return bool(letters)

    def _count(self, site: DeletedSite, table: str, rows: int) -> None:
        if rows:
            self._removed.setdefault(site.site, Counter())[table] += rows
            self._telemetry.add("footfall_swept_rows_total", rows, table=table)

    def _done(self, site: DeletedSite) -> None:
        with self._pool.connection() as connection:
            sweeps.done(connection, site.site, swept=site.swept + 1)
        removed = self._removed.pop(site.site, Counter())
        self._letters_read.pop(site.site, None)
        _log.info(
            "Sweep %d of %d of deleted site %d removed %s",
            site.swept + 1,
            sweeps.SWEEPS,
            site.site,
            ", ".join(f"{rows} {_what(table)}" for table, rows in removed.items()) or "nothing",
        )


def _what(table: str) -> str:
    return "files of the archive" if table == _FILES else f"rows of {table}"


def _is_of(letter: StoredDeadLetter, site: int) -> bool:
    """Whether it can be read and all its events are of this site."""
    try:
        events = decode(letter.letter.payload).events
    except InvalidInput:
        return False
    return bool(events) and all(event.site == site for event in events)
