"""A site that has a year behind it, as the scheduler leaves it: rollups of its days, files of its months, no rows."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from aggregations.archive.writing import Contents
from aggregations.planner import Span
from benches.tools import history
from benches.tools.visits import year
from core.ranges import Days
from core.spans import DAY
from storage.archive.folder import Folder
from storage.embedded import EmbeddedPostgres
from storage.migrate import migrate
from storage.pool import open_pool
from storage.times import millis_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg_pool import ConnectionPool

#: The year, all of it closed.
DAYS: Final = Days(first=date(2025, 1, 1), last=date(2025, 12, 31))
_FIRSTS: Final = [*(date(2025, month, 1) for month in range(1, 13)), date(2026, 1, 1)]
SITE: Final = 1


class SiteYear(NamedTuple):
    """What there is of it."""

    pool: ConnectionPool
    store: Folder
    folder: Path  #: the site's files
    events: int
    sessions: int


@contextmanager
def site_year(events: int) -> Iterator[SiteYear]:
    """A year of about so many made-up events in an embedded PostgreSQL and a folder, as long as the context."""
    with tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "data")
        dsn = server.start()
        try:
            migrate(dsn)
            store = Folder(Path(folder) / "archive")
            with open_pool(dsn, size=3) as pool:
                counts = [0, 0]
                for number, (begin, end) in enumerate(pairwise(map(millis_of, _FIRSTS))):
                    days = (end - begin) // DAY
                    made = Contents(*year(events * days // 365, days=days, first=begin, seed=number))
                    pair = history.write_closed(pool, store, SITE, Span(begin, end), made)
                    counts = [count + file.rows for count, file in zip(counts, pair, strict=True)]
                with pool.connection() as connection:
                    connection.autocommit = True
                    connection.execute("VACUUM ANALYZE")
                    connection.autocommit = False
                yield SiteYear(pool, store, Path(folder) / "archive" / f"site={SITE}", counts[0], counts[1])
        finally:
            server.stop()
