"""What is to be said of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.spans import DAY, SECOND, day_of
from ops.doctor.finding import look, ok, wrong
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ops.doctor.finding import Finding
    from storage.condition import Condition

#: A salt belongs to a day and a session ends after half an hour: seconds between clocks are nothing, minutes are.
_CLOCKS_APART: Final = 5 * SECOND
_CLOCKS_WRONG: Final = 60 * SECOND
_OLDEST_POSTGRES: Final = 14
_CONNECTIONS_SHARE: Final = 0.8
#: The scheduler removes rows once a round; two days later something holds it up.
_SLACK: Final = 2 * DAY
_GB: Final = 1_000_000_000


def of_condition(condition: Condition, *, now: int, running: bool) -> Iterator[Finding]:
    """Yield what is to be said of a database at `now` (ms); `running` is whether a scheduler should be at work."""
    yield _version(condition)
    yield _clock(condition.clock - now)
    if condition.old_salts:
        yield wrong(
            "salts",
            f"{condition.old_salts} of past days are still there: their visitors can still be linked to addresses",
            "start `footfall schedule`, or `footfall serve`: it forgets them within a minute",
        )
    else:
        yield ok("salts", "those of past days are gone")
    if running and not condition.scheduled:
        yield wrong(
            "scheduler", "none is at work: nothing is rolled up, removed or forgotten", "start one, see its log"
        )
    elif running:
        yield ok("scheduler", "at work")
    if condition.late_hour is not None:
        yield look(
            "rollups",
            f"the hour of {instant(condition.late_hour):%Y-%m-%d %H:%M} UTC still waits: reports read its rows",
            "see the scheduler's log and footfall_rollup_failures_total",
        )
    else:
        yield ok("rollups", "none is late")
    if condition.dead_letters:
        yield look(
            "dead letters",
            f"{condition.dead_letters} wait: acknowledged events that are in no report",
            "`footfall dead-letters list` says why; mend it, then `footfall dead-letters replay`",
        )
    else:
        yield ok("dead letters", "none")
    share = condition.connections / condition.most_connections
    used = f"{condition.connections} of {condition.most_connections} used"
    if share >= _CONNECTIONS_SHARE:
        yield look("connections", used, "raise max_connections, or lower FOOTFALL_DATABASE_CONNECTIONS")
    else:
        yield ok("connections", used)


def of_policies(policies: Collection[tuple[str, str]]) -> Finding:
    """Return what is to be said of TimescaleDB's own jobs on our tables: it should have none."""
    if not policies:
        return ok("chunks", "no policy but ours drops them")
    named = ", ".join(f"{job} on {table}" for job, table in policies)
    return wrong(
        "chunks",
        f"TimescaleDB has jobs of its own: {named}. They may drop rows that no file has yet",
        "remove them (remove_retention_policy, remove_columnstore_policy): the scheduler drops a chunk when it may",
    )


def of_rows(oldest: int | None, *, now: int, retention_days: int) -> Finding:
    """Return whether rows leave in time; `oldest` is the first day that has some (ms, None: there are no rows)."""
    due = day_of(now) - retention_days * DAY - _SLACK
    if oldest is None or day_of(oldest) >= due:
        return ok("retention", f"rows leave after {retention_days} days")
    return look(
        "retention",
        f"rows of {instant(oldest):%Y-%m-%d} are still there, {retention_days} days are kept",
        "`footfall archive status` shows which site's files are not final; the scheduler's log says why",
    )


def _version(condition: Condition) -> Finding:
    store = f"TimescaleDB {condition.timescaledb} on " if condition.timescaledb else ""
    seen = f"{store}PostgreSQL {condition.postgres}, {condition.size / _GB:.1f} GB"
    if int(condition.postgres.split(".")[0]) < _OLDEST_POSTGRES:
        return wrong("database", seen, f"use PostgreSQL {_OLDEST_POSTGRES} or newer")
    return ok("database", seen)


def _clock(ahead: int) -> Finding:
    seen = f"the database's clock is {abs(ahead) / SECOND:.1f} s {'ahead' if ahead > 0 else 'behind'}"
    if abs(ahead) < _CLOCKS_APART:
        return ok("clock", seen)
    judge = wrong if abs(ahead) >= _CLOCKS_WRONG else look
    return judge("clock", seen, "let NTP set the clocks of all machines (chrony, systemd-timesyncd)")
