"""Jobs: what is done again and again, each for one subject, once in the whole installation."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from core.spans import HOUR, MINUTE

#: A job that has been due for so long and does not run is late, ms.
LATE: Final = 5 * MINUTE
#: After a failure it is due again after this, then after twice as long, and so on, ms.
FIRST_PAUSE: Final = MINUTE
LONGEST_PAUSE: Final = HOUR


class JobKind(StrEnum):
    """What a job does. Its subject is the number of a site, but for alerts and deliveries, which have their own."""

    UPTIME = "uptime"
    DOMAIN = "domain"  #: when the registration of a site's domain ends
    CONTENT = "content"
    INSIGHTS = "insights"
    ALERT = "alert"
    WEEKLY_REPORT = "weekly_report"
    MONTHLY_REPORT = "monthly_report"
    DELIVERY = "delivery"  #: of one message


#: Kinds whose subject is the number of a site.
OF_SITES: Final = frozenset(JobKind) - {JobKind.ALERT, JobKind.DELIVERY}
#: Kinds that there is nothing to do for where nothing is asked of other people's servers.
OUTWARD: Final = frozenset({JobKind.UPTIME, JobKind.DOMAIN, JobKind.CONTENT})


class JobState(StrEnum):
    """What a job is doing now."""

    WAITING = "waiting"
    DUE = "due"
    LATE = "late"
    RUNNING = "running"
    FAILED = "failed"  #: its last run failed; it waits until it is due again


class Job(NamedTuple):
    """One job as it is stored. Times are ms since 1970 UTC."""

    id: int
    kind: JobKind
    subject: int
    due_at: int
    started_at: int | None = None  #: its last run
    ended_at: int | None = None
    succeeded_at: int | None = None
    failures: int = 0  #: since it last succeeded
    error: str = ""  #: of its last run

    def state(self, now: int, *, running: bool) -> JobState:
        """Return what it is doing at `now` (ms), given whether somebody holds its lock."""
        if running:
            return JobState.RUNNING
        if now - self.due_at > LATE:
            return JobState.LATE
        if now >= self.due_at:
            return JobState.DUE
        return JobState.FAILED if self.failures else JobState.WAITING


class Work(Protocol):
    """What is done for every job of one kind."""

    async def run(self, job: Job) -> int | None:
        """Do it once.

        It may be cancelled at any moment, and then is run again: what it stores it stores in one transaction, or so
        that doing it twice does no harm. It must not block its event loop: what blocks goes to a thread.

        Returns:
            when it is due again, ms since 1970 UTC; None if its subject is gone or wants none any more.

        Raises:
            Exception: it failed. The error's text is shown to the operator; it is tried again after `pause_after`.
        """
        ...


def pause_after(failures: int) -> int:
    """Return how long a job waits after it has failed so many times in a row, ms."""
    return int(min(FIRST_PAUSE * 2 ** (min(failures, 32) - 1), LONGEST_PAUSE))
