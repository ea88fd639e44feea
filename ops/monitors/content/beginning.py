"""How a whole run begins, and goes on: what the site lets us read, where its first page is, and if it answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from yarl import URL

from core.content import CrawlKind
from ops.monitors.content.robots import Rules, fetch_robots
from ops.monitors.content.urls import Scope, canonical
from ops.outbound.answer import Bounds
from ops.outbound.errors import OutboundError
from storage.crawls import Crawl

if TYPE_CHECKING:
    from ops.outbound.client import Outbound

_A_LITTLE: Final = Bounds(bytes=1_000)
_ERRORS: Final = 400
_NOT_NOW: Final = frozenset({429, *range(500, 600)})


class NotNow(Exception):  # noqa: N818 - named by what it says
    """Nothing can be checked now; the text tells the site's owner why."""


async def begin_run(outbound: Outbound, url: str, *, now: int) -> Crawl:
    """Return a run through the site whose first page `url` is or leads to.

    Raises:
        NotNow: it does not answer, or nothing of it may be read.
    """
    asked = canonical(url)
    if asked is None:
        raise NotNow(f"{url} is no address that can be checked")
    try:
        robots = await fetch_robots(outbound, asked)
        await asyncio.to_thread(_require, robots, asked)
        answer = await outbound.ask(asked, bounds=_A_LITTLE)
        root = canonical(answer.url) or asked
        if answer.status in _NOT_NOW:
            raise NotNow(f"{root} answers {answer.status}")
        if answer.status >= _ERRORS:
            return Crawl(CrawlKind.WHOLE, url, asked, now, robots=robots)
        if not Scope.of(asked).is_own(root):
            raise NotNow(f"{asked} leads to another site, {root}: set content_url to the page that is to be checked")
        if URL(root).origin() != URL(asked).origin():
            robots = await fetch_robots(outbound, root)
            await asyncio.to_thread(_require, robots, root)
    except OutboundError as error:
        raise NotNow(f"{asked} cannot be checked: {error}") from error
    # A redirect within the site leaves its bounds as they were set.
    return Crawl(CrawlKind.WHOLE, url, root if not Scope.of(asked).contains(root) else asked, now, robots=robots)


async def answers(outbound: Outbound, url: str) -> bool:
    """Return whether a site that was away is back."""
    try:
        answer = await outbound.ask(url, bounds=_A_LITTLE)
    except OutboundError:
        return False
    return answer.status not in _NOT_NOW


def _require(robots: str, url: str) -> None:
    if not Rules(robots).allow(url):
        raise NotNow(f"robots.txt does not let {url} be read")
