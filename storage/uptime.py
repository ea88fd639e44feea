"""How monitored sites are, when they were down, and when somebody looked, in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core import uptime
from core.certificates import Presented, Warned
from core.uptime import PERIOD, Downtime, Span, Standing
from storage import sites
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

    from core.sites import Site
    from core.uptime import Step


class Monitor(NamedTuple):
    """A site after its last check. Times are ms since 1970 UTC."""

    id: int
    site: int
    url: str  #: what was asked; '' once it was switched off
    created_at: int
    checked_at: int
    due_at: int | None  #: None: it was down for so long that nobody looks any more
    status: int | None  #: None: nothing was answered
    error: str  #: why it counts as down; '' if it does not
    certificate: Presented | None
    warned: Warned
    downtime: Downtime | None  #: the one that goes on

    def standing(self, url: str) -> Standing:
        """Return how it is for a check of this address: with another than before it begins anew."""
        return Standing(self.checked_at, self.due_at if url == self.url else None, self.downtime)


class Check(NamedTuple):
    """What a check found, and what follows from it."""

    at: int  #: ms since 1970 UTC
    url: str
    status: int | None
    error: str  #: '' if the site is up
    certificate: Presented | None  #: the last that is known
    warned: Warned  #: what the owner was told of it by now
    step: Step


class PastDowntime(NamedTuple):
    """A downtime in a list. Times are ms since 1970 UTC."""

    id: int
    error: str
    started_at: int
    ended_at: int | None  #: None: it goes on
    is_confirmed: bool


class Tally(NamedTuple):
    """How many downtimes a site has."""

    total: int
    ongoing: int
    recent: int  #: those that reach into the last 30 days


def of_site(connection: Connection, site: int) -> Monitor | None:
    """Return how a site is; None if it was never checked."""
    row = connection.execute(load("uptime.of_site"), {"site": site}).fetchone()
    if row is None:
        return None
    *plain, expires_at, valid, problem, level, warned_at, started_at, confirmed = row
    certificate = None if expires_at is None else Presented(expires_at, valid, problem)
    downtime = None if started_at is None else Downtime(started_at, confirmed)
    return Monitor._make((*plain, certificate, Warned(level, warned_at), downtime))


def monitored(connection: Connection, site: int) -> Site | None:
    """Return the site; None if it is gone or is not monitored."""
    found = sites.of_number(connection, site)
    return found if found is not None and found.uptime else None


def hold(connection: Connection, site: int) -> Site | None:
    """Return what `monitored` does; nobody changes the site's settings until the transaction ends."""
    connection.execute(load("uptime.hold"), {"site": site})
    return monitored(connection, site)


def write(connection: Connection, site: int, check: Check) -> None:
    """Write what a check found of a site that stood as the check's step says. The caller commits."""
    step, certificate = check.step, check.certificate
    given = {
        "site": site,
        "url": check.url,
        "now": instant(check.at),
        "since": instant(check.at - PERIOD),
        "due_at": _instant(step.due_at),
        "ended_at": _instant(step.ended_at),
        "status": check.status,
        "error": check.error,
        "certificate_expires_at": None if certificate is None else instant(certificate.expires_at),
        "certificate_valid": None if certificate is None else certificate.is_valid,
        "certificate_problem": "" if certificate is None else certificate.problem,
        "warned_level": check.warned.level,
        "warned_at": _instant(check.warned.at),
    }
    connection.execute(load("uptime.watch" if step.was_watched else "uptime.begin_watch"), given)
    if step.ended_at is not None:
        connection.execute(load("uptime.end_downtime"), given)
    if step.begins:
        connection.execute(load("uptime.begin_downtime"), given)
    if step.confirms:
        connection.execute(load("uptime.confirm_downtime"), given)
    connection.execute(load("uptime.put"), given)


def percentage(connection: Connection, monitor: Monitor, now: int) -> float | None:
    """Return how much of the watched time of the last 30 days a site was up, in percent; None if none was watched."""
    given = {"site": monitor.site, "since": instant(now - PERIOD), "until": instant(monitor.checked_at)}
    watched, down = (
        [Span._make(row) for row in connection.execute(load(name), given)] for name in ("uptime.watched", "uptime.down")
    )
    return uptime.uptime(watched, down, Span(now - PERIOD, now))


def downtimes(connection: Connection, site: int, now: int, *, limit: int, offset: int = 0) -> list[PastDowntime]:
    """Return downtimes of a site that reach into the last 30 days, the newest first."""
    given = {"site": site, "since": instant(now - PERIOD), "limit": limit, "offset": offset}
    return [PastDowntime._make(row) for row in connection.execute(load("uptime.downtimes"), given)]


def tally(connection: Connection, site: int, now: int) -> Tally:
    """Return how many downtimes a site has."""
    row = connection.execute(load("uptime.tally"), {"site": site, "since": instant(now - PERIOD)}).fetchone()
    return Tally(0, 0, 0) if row is None else Tally._make(row)


def _instant(ms: int | None) -> datetime | None:
    return None if ms is None else instant(ms)
