"""Runs through sites' pages that are under way: kept step by step, so that a restart goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.content import CrawlKind, Role
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from core.content import Verdict


class Crawl(NamedTuple):
    """A run through a site."""

    kind: CrawlKind
    url: str  #: where it was to begin
    root: str  #: where that led to
    started_at: int  # ms since 1970 UTC
    spent: int = 0  #: ms of work
    robots: str = ""  #: the site's robots.txt


class Waiting(NamedTuple):
    """An address that is to be checked."""

    url: str
    role: Role
    depth: int  #: links from the first page
    attempts: int


class NewUrl(NamedTuple):
    """An address that a page has."""

    url: str
    role: Role
    is_insecure: bool = False  #: the page is on https and takes it in over http


class Extent(NamedTuple):
    """How far a run has come."""

    urls: int
    pages: int  #: addresses that are, or will be, read as pages
    read: int  #: pages that were read
    waiting: int  #: addresses that were not checked
    depth: int  #: of the address that is the most links away from the first page


def find(connection: Connection, site: int) -> Crawl | None:
    """Return the run of a site that is under way."""
    row = connection.execute(load("crawls.find"), {"site": site}).fetchone()
    if row is None:
        return None
    found = Crawl._make(row)
    return found._replace(kind=CrawlKind(found.kind))


def begin(connection: Connection, site: int, crawl: Crawl) -> None:
    """Begin a run, if none is under way and the site lives. The caller commits."""
    given = {"site": site, "kind": crawl.kind, "url": crawl.url, "root": crawl.root}
    connection.execute(load("crawls.begin"), {**given, "robots": crawl.robots, "now": instant(crawl.started_at)})


def end(connection: Connection, site: int) -> None:
    """Forget the run. The caller commits."""
    connection.execute(load("crawls.end"), {"site": site})


def spend(connection: Connection, site: int, spent: int) -> None:
    """Add to the work of the run, in ms. The caller commits."""
    connection.execute(load("crawls.spend"), {"site": site, "spent": spent})


def add_urls(connection: Connection, site: int, urls: Sequence[NewUrl], *, found_on: str, depth: int) -> None:
    """Add addresses that the page `found_on` has; those that are known stay as they are. The caller commits."""
    if not urls:
        return
    given = {
        "site": site,
        "urls": [new.url for new in urls],
        "roles": [new.role for new in urls],
        "insecure_on": [found_on if new.is_insecure else "" for new in urls],
        "found_on": found_on,
        "depth": depth,
    }
    connection.execute(load("crawls.add_urls"), given)


def add_issues(connection: Connection, site: int) -> None:
    """Add the site's broken links, to be checked again. The caller commits."""
    connection.execute(load("crawls.add_issues"), {"site": site})


def known(connection: Connection, site: int) -> dict[str, Role]:
    """Return all addresses of the run."""
    return {url: Role(role) for url, role in connection.execute(load("crawls.known"), {"site": site})}


def waiting(connection: Connection, site: int, *, limit: int) -> list[Waiting]:
    """Return what is to be checked next."""
    rows = connection.execute(load("crawls.waiting"), {"site": site, "limit": limit})
    return [Waiting(url, Role(role), depth, attempts) for url, role, depth, attempts in rows]


def attempted(connection: Connection, site: int, url: str) -> None:
    """Note that an address did not answer; it comes again when all else is checked. The caller commits."""
    connection.execute(load("crawls.attempted"), {"site": site, "url": url})


def record(  # noqa: PLR0913 - an address, and what is said of it
    connection: Connection, site: int, url: str, verdict: Verdict, *, now: int, is_read: bool = False
) -> None:
    """Note what is said of an address at `now` (ms), and whether its links were read. The caller commits."""
    given = {"site": site, "url": url, "is_read": is_read, "now": instant(now)}
    said = {"outcome": verdict.outcome, "status": verdict.status, "message": verdict.message}
    connection.execute(load("crawls.record"), given | said)


def read_elsewhere(  # noqa: PLR0913 - a page, and how it was come by
    connection: Connection, site: int, url: str, *, found_on: str, depth: int, status: int, now: int
) -> bool:
    """Note that a page is read under an address that another led to; False if it was before. The caller commits."""
    given = {"site": site, "url": url, "found_on": found_on, "depth": depth, "status": status, "now": instant(now)}
    return connection.execute(load("crawls.read_elsewhere"), given).fetchone() is not None


def extent(connection: Connection, site: int) -> Extent:
    """Return how far the run has come."""
    row = connection.execute(load("crawls.extent"), {"site": site}).fetchone()
    return Extent(0, 0, 0, 0, 0) if row is None else Extent._make(row)
