"""Days of a stream some of which are in rows, some in files, some in both, with marks on any hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hypothesis import strategies as st

from aggregations.job import RollupJob
from core.spans import DAY, HOUR
from storage import marks
from storage.times import instant
from tests.cases import FIRST_DAY
from tests.clocks import SetClock
from tests.measurements import Measurements
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg_pool import ConnectionPool

    from core.events import Event
    from storage.archive.store import ArchiveStore

DAYS: Final = tuple(FIRST_DAY + number * DAY for number in range(3))


class Mixture(NamedTuple):
    """Where each day of a stream is, and what is marked."""

    archived: set[int]  # days that have files
    dropped: int  # days from the first whose rows are gone
    marked: set[int]  # hours


@st.composite
def mixtures(draw: st.DrawFn) -> Mixture:
    """Any mixture of rows and files; what has no rows has files."""
    dropped = draw(st.integers(0, 3))
    archived = draw(st.sets(st.sampled_from(DAYS))) | set(DAYS[:dropped])
    marked = draw(st.sets(st.integers(0, 3 * 24 - 1).map(lambda hour: FIRST_DAY + hour * HOUR), max_size=20))
    return Mixture(archived, dropped, marked)


def arrange(pool: ConnectionPool, store: ArchiveStore, events: Sequence[Event], mixture: Mixture) -> None:
    """Store events, write files, drop rows, and leave marks; where one stands the file is wrong if there are rows."""
    with pool.connection() as connection:
        connection.execute(
            "TRUNCATE events, event_properties, sessions, marks, archive_files, archive_retention, roll_site"
        )
        write_events(connection, events)
        if mixture.marked:
            # What only the rows have: it is in no file, for the marks say so.
            connection.execute(
                "UPDATE events SET ip = 'late' WHERE site = 1 AND date_trunc('hour', ts) = ANY(%s)",
                [[instant(hour) for hour in mixture.marked]],
            )
    job = RollupJob(pool=pool, clock=SetClock(FIRST_DAY + 30 * DAY), telemetry=Measurements(), archive=store)
    for day in mixture.archived:
        job.roll_day(1, day, force=True)
    with pool.connection() as connection:
        connection.execute("UPDATE events SET ip = 'later' WHERE ip = 'late'")
        connection.execute("DELETE FROM marks")
        marks.put(connection, site=1, hours=mixture.marked, partition=0)
        rows_from = FIRST_DAY + mixture.dropped * DAY
        connection.execute(
            "INSERT INTO archive_retention (rows_from, moved_at) VALUES (%s, now())", [instant(rows_from)]
        )
        connection.execute("DELETE FROM events WHERE ts < %s", [instant(rows_from)])
        connection.execute("DELETE FROM sessions WHERE start < %s", [instant(rows_from)])
