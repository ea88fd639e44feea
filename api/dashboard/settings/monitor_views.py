"""What monitors have found of a site, as the section of monitors shows it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from core.durations import in_words
from core.spans import SECOND
from storage import content, domains, insights, uptime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from psycopg import Connection

    from core.certificates import Presented
    from core.content import Issue
    from core.sites import Site
    from storage.content import ContentStatus
    from storage.domains import DomainCheck
    from storage.uptime import PastDowntime

#: Downtimes, and issues of either kind, that are shown.
_DOWNTIMES: Final = 10
_ISSUES: Final = 100
#: Texts of an insight, in the order in which they are shown, by what they are called.
_TEXTS: Final = {
    "traffic_patterns": "When",
    "best_content": "What",
    "recommendations": "What to do",
}


class Standing(StrEnum):
    """How a site is."""

    NEW = "new"  #: nobody has asked yet
    UP = "up"
    DOUBTED = "doubted"  #: one request failed; a second one will tell
    DOWN = "down"
    PAUSED = "paused"  #: it was down for so long that nobody asks any more


class Down(NamedTuple):
    """A downtime in the list."""

    started_at: int  # ms since 1970 UTC
    lasted: str  #: in words; '' while it goes on
    error: str
    is_confirmed: bool


class Uptime(NamedTuple):
    """How a site is, and was. Times are ms since 1970 UTC."""

    standing: Standing
    since: int | None = None  #: of the downtime, or of the last one's end; None: not within 30 days
    checked_at: int = 0
    error: str = ""
    percentage: float | None = None  #: of 30 days
    certificate: Presented | None = None
    downtimes: Sequence[Down] = ()
    domain: DomainCheck | None = None  #: None: nobody has asked for it yet


class Content(NamedTuple):
    """What is wrong with a site's content, and how far the check of it is."""

    status: ContentStatus
    issues: Sequence[Issue]  #: neither resolved nor ignored
    ignored: Sequence[Issue]
    more: int  #: issues that are not shown


class Insight(NamedTuple):
    """What was said last about a week."""

    day: date  #: its last one
    summary: str
    texts: Sequence[tuple[str, str]]  #: what each is called, and what it says


def uptime_of(connection: Connection, site: Site, now: int) -> Uptime | None:
    """How a site is; None if nobody is to ask."""
    if not site.uptime:
        return None
    found = uptime.of_site(connection, site.id)
    if found is None or found.url != site.monitored_url:
        return Uptime(Standing.NEW)
    domain = domains.of_site(connection, site.id)
    past = uptime.downtimes(connection, site.id, now, limit=_DOWNTIMES)
    standing, since = Standing.UP, next((each.ended_at for each in past if each.is_confirmed), None)
    if found.downtime is not None:
        since = found.downtime.started_at
        standing = Standing.DOWN if found.downtime.is_confirmed else Standing.DOUBTED
    return Uptime(
        standing if found.due_at is not None else Standing.PAUSED,
        since,
        found.checked_at,
        found.error,
        uptime.percentage(connection, found, now),
        found.certificate,
        [_down(each) for each in past],
        None if domain is None or domain.domain != site.domain else domain,
    )


def content_of(connection: Connection, site: Site, now: int) -> Content | None:
    """What is wrong with a site's content; None if nobody is to look."""
    if not site.content:
        return None
    known = [issue for issue in content.issues(connection, site.id) if issue.resolved_at is None]
    counted = [issue for issue in known if not issue.ignored]
    ignored = [issue for issue in known if issue.ignored]
    return Content(
        content.status(connection, site.id, now=now),
        counted[:_ISSUES],
        ignored[:_ISSUES],
        len(counted[_ISSUES:]) + len(ignored[_ISSUES:]),
    )


def insight_of(connection: Connection, site: Site) -> Insight | None:
    """What was said last; None if nothing was yet, or is to be."""
    rows = insights.page(connection, site=site.id, limit=1).rows if site.insights else []
    return _insight(rows[0].day, rows[0].document) if rows else None


def _down(past: PastDowntime) -> Down:
    lasted = "" if past.ended_at is None else in_words((past.ended_at - past.started_at) // SECOND)
    return Down(past.started_at, lasted, past.error, past.is_confirmed)


def _insight(day: date, document: Mapping[str, Any]) -> Insight:
    return Insight(day, document["summary"], [(label, document[name]) for name, label in _TEXTS.items()])
