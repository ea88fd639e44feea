"""What is known of sites' content: issues, and when they were looked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from psycopg import sql

from core.content import REMEMBERED, CrawlKind, Issue, IssueKind
from core.jobs import JobKind
from storage import jobs
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from psycopg import Connection


class ContentStatus(NamedTuple):
    """How far a site's content is checked. Times are ms since 1970 UTC."""

    ran_at: int | None = None  #: when the last whole run ended; None before the first
    checked_at: int | None = None  #: the same, or when issues were checked again
    due_at: int | None = None  #: of the next whole run; None: now
    ok_count: int = 0
    is_whole: bool = True  #: False: the last run ended at a bound
    problem: str = ""  #: why nothing can be checked now
    broken: int = 0  #: broken links that are not ignored
    emails_paused: bool = False
    emails_paused_until: int | None = None
    crawl: CrawlKind | None = None  #: the run that is under way
    crawl_started_at: int | None = None
    crawl_checked: int = 0  #: addresses that it has checked
    crawl_ok: int = 0
    crawl_waiting: int = 0  #: addresses that it knows and has not checked

    @property
    def is_initial_check(self) -> bool:
        """Whether the first run has not ended."""
        return self.ran_at is None

    @property
    def is_rechecking(self) -> bool:
        """Whether a later run is under way."""
        return self.ran_at is not None and self.crawl is not None


def status(connection: Connection, site: int, *, now: int) -> ContentStatus:
    """Return what is known of a site's content; of one that was never looked at, that."""
    row = connection.execute(load("content.status"), {"site": site, "now": instant(now)}).fetchone()
    if row is None:
        return ContentStatus()
    found = ContentStatus._make(row)
    return found._replace(
        crawl=None if found.crawl is None else CrawlKind(found.crawl),
        emails_paused_until=found.emails_paused_until if found.emails_paused else None,
    )


def issues(connection: Connection, site: int) -> list[Issue]:
    """Return the site's issues, and those that were resolved in the last 30 days, the oldest first."""
    return [_issue(row) for row in connection.execute(_statement("content.issues"), {"site": site})]


def ignore(connection: Connection, site: int, id_: int, *, ignored: bool) -> Issue | None:
    """Ignore an issue, or no longer; None if the site has none of this number. The caller commits."""
    given = {"site": site, "id": id_, "ignored": ignored}
    row = connection.execute(_statement("content.ignore"), given).fetchone()
    return None if row is None else _issue(row)


def pause(connection: Connection, site: int, *, paused: bool, until: int | None = None) -> None:
    """Let messages about the site's content pause, until `until` (ms) if it is given, or no longer. The caller commits.

    What is found meanwhile is told by no message later.
    """
    given = {"site": site, "paused": paused, "until": None if until is None or not paused else instant(until)}
    connection.execute(load("content.pause"), given)


def want(connection: Connection, site: int, *, now: int) -> None:
    """Let a whole run begin at `now` (ms); one that is under way goes on and is it. The caller commits."""
    connection.execute(load("content.want"), {"site": site})
    jobs.make_due(connection, JobKind.CONTENT, site, now)


def ensure(connection: Connection, site: int) -> None:
    """Make room for what is known of a living site. The caller commits."""
    connection.execute(load("content.ensure"), {"site": site})


def put_off(connection: Connection, site: int, problem: str, *, until: int | None = None) -> None:
    """Note why nothing can be checked, and until when (ms) no run begins, if none is under way. The caller commits."""
    given = {"site": site, "problem": problem, "until": None if until is None else instant(until)}
    connection.execute(load("content.put_off"), given)


def publish(connection: Connection, site: int, *, now: int, due_at: int, is_whole: bool) -> list[Issue]:
    """Let what a whole run found take the place of what was known. The caller ends the run, and commits.

    Args:
        connection: of the transaction that ends the run.
        site: whose run it is.
        now: ms since 1970 UTC.
        due_at: when the next whole run begins.
        is_whole: whether it saw all there is. What it did not see is gone then.

    Returns:
        the issues that are new or have come back, without ignored ones.
    """
    given = {"site": site, "now": instant(now), "is_whole": is_whole}
    found = [_issue(row) for row in connection.execute(_statement("content.publish"), given)]
    connection.execute(load("content.resolve_mended"), given)
    connection.execute(load("content.resolve_gone"), given)
    connection.execute(load("content.forget"), {"site": site, "before": instant(now - REMEMBERED)})
    connection.execute(load("content.end_run"), {**given, "due": instant(due_at)})
    return found


def publish_recheck(connection: Connection, site: int, *, now: int) -> None:
    """Note what became of the broken links that were checked again. The caller ends the run, and commits."""
    given = {"site": site, "now": instant(now)}
    connection.execute(_statement("content.publish"), given)
    mended = connection.execute(load("content.resolve_mended"), given).rowcount
    connection.execute(load("content.end_recheck"), {**given, "mended": mended})


def _issue(row: tuple[object, ...]) -> Issue:
    issue = Issue._make(row)
    return issue._replace(kind=IssueKind(issue.kind))


@cache
def _statement(name: str) -> sql.Composed:
    return sql.SQL(load(name)).format(columns=sql.SQL(load("content.columns")))
