"""Sweeps of the archive: files that were replaced, that no transaction named, or that were never finished."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from core.spans import HOUR, MINUTE
from ops.turn import take_turn
from storage.archive import manifest
from storage.archive.files import SCRATCH, parse
from storage.locks import no_backup, site_lock

if TYPE_CHECKING:
    from threading import Event

    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from storage.archive.files import FileName
    from storage.archive.store import ArchiveStore

_log = logging.getLogger(__name__)

#: How long a file that was replaced is kept for those who read it, ms.
READERS_END: Final = 10 * MINUTE
#: How often the archive is searched for what nobody knows, ms.
SEARCH: Final = 6 * HOUR
#: What nobody knows is left alone for so long, ms: it may be known in a moment.
ORPHAN_AGE: Final = HOUR


class ArchiveSweeper:
    """Some steps of the archivist. Each returns whether it is done for now."""

    def __init__(self, *, pool: ConnectionPool, store: ArchiveStore, clock: Clock) -> None:
        self._pool = pool
        self._store = store
        self._clock = clock
        self._next_search = 0

    def remove_replaced(self, now: int, stop: Event) -> bool:
        """Remove what nobody reads any more, not even a backup."""
        del stop
        with self._pool.connection() as connection, connection.transaction():
            if not no_backup(connection):
                return True
            names = manifest.replaced(connection, before=now - READERS_END)
            self._store.remove(map(str, names))
            manifest.forget(connection, names)
        return True

    def search(self, now: int, stop: Event) -> bool:
        """Remove what a crash has left: files that were never named, and those that were never finished."""
        if now < self._next_search:
            return True
        old = [found for found in self._store.found() if found.modified + ORPHAN_AGE <= now]
        names = [name for found in old if (name := parse(found.name)) is not None]
        with self._pool.connection() as connection:
            known = manifest.known(connection, names)
        orphans = [name for name in names if name not in known]
        done = take_turn(orphans, self._remove_orphan, clock=self._clock, stop=stop)
        self._store.remove(found.name for found in old if found.name.startswith(SCRATCH))
        if orphans:
            _log.info("Removed %d files from the archive that no transaction had named", len(orphans))
        if done:
            self._next_search = now + SEARCH
        return done

    def _remove_orphan(self, name: FileName) -> None:
        with self._pool.connection() as connection, site_lock(connection, name.site):
            with connection.transaction():
                is_known = bool(manifest.known(connection, [name]))
            if not is_known:
                self._store.remove([str(name)])
