"""`GET /api/v1/pixel.gif?id=WEBSITE_ID`, an extension: counts a view of a page that runs no script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from api.dialects.tinytrail.enveloped import EnvelopedRoute
from core.drops import DropReason
from core.errors import InvalidInput, Refused
from core.events import EventType
from core.locations import split_host, without_query
from core.raw import RawEvent
from core.text import require_clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.asgi import Receive, Scope
    from api.collector.hot_route import Reply

PATH: Final = "/api/v1/pixel.gif"

#: One transparent pixel.
GIF: Final = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
_HEADERS: Final = ((b"content-type", b"image/gif"), (b"cache-control", b"no-store"))


class Pixel(EnvelopedRoute):
    """An image in a page's `<noscript>`.

    The page's address is the `Referer`. By most pages' referrer policy that is the origin alone, so a view of `/`;
    `path` in the query names the path instead. The image is the answer whether or not the view counts; only who sent
    too often (429) or what is not durable (503) is told so. HEAD counts nothing.
    """

    path = PATH
    methods = ("GET", "HEAD")

    async def _respond(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Reply:  # noqa: ARG002 - no body is read
        if scope["method"] == "HEAD":
            return 200, GIF, _HEADERS
        ip = self._admit(scope)
        try:
            view = _read(scope["query_string"], headers.get(b"referer", b""))
            await self._intake.take([view], self._clients.request(ip, headers))
        except (InvalidInput, Refused):
            self._drop(DropReason.INVALID)
        return 200, GIF, _HEADERS


def _read(query: bytes, referer: bytes) -> tuple[str, RawEvent]:
    """Return the site's UUID as it was written and the view.

    Raises:
        InvalidInput: the path cannot be stored.
    """
    given = dict(parse_qsl(query.decode(errors="replace")))
    url = referer.decode(errors="replace")
    path = given.get("path") or split_host(without_query(url))[1]
    require_clean(path, "path")
    return given.get("id", ""), RawEvent(type=EventType.PAGE_VIEW.value, url=url, path=path)
