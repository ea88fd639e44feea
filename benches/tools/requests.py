"""Whole HTTP requests, made once: page views of some thousand visitors behind a proxy, or told by a program."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Final

from api.dialects.tinytrail.collect import PATH

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Requests that a load sends in turn, and the visitors and pages in them: four or five page views a visitor.
REQUESTS: Final = 20_000
VISITORS: Final = 4_500
PAGES: Final = 5_000
#: The setting under which the visitors' addresses are believed.
TRUSTED: Final = {"FOOTFALL_TRUSTED_PROXIES": "127.0.0.1/32"}
_REFERRERS: Final = (None, None, "https://www.google.com/", "https://t.co/abc123", "https://news.ycombinator.com/item")
_WEBKIT: Final = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0"
_AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {_WEBKIT} Mobile Safari/537.36",
)


def page_views(site: str, *, count: int = REQUESTS, each: int = 1) -> list[bytes]:
    """Return `count` requests with `each` page views of one visitor; the same ones for the same site."""
    random = Random(1)  # noqa: S311 - repeatable, no secret

    def view() -> dict[str, object]:
        path = f"/articles/{int(random.random() ** 2 * PAGES)}/a-page"
        return {
            "website_id": site,
            "event_type": "page_view",
            "url": f"https://www.example.com{path}?utm_source=newsletter",
            "path": path,
            "referrer": random.choice(_REFERRERS),
            "screen_width": 1920,
            "screen_height": 1080,
        }

    return [
        _request(view() if each == 1 else [view() for _ in range(each)], visitor=random.randrange(VISITORS))
        for _ in range(count)
    ]


def batches(site: int, key: str, *, count: int, each: int, of_one: int) -> list[bytes]:
    """Return `count` requests with `each` page views through Tinylytics' API, runs of `of_one` of one visitor."""
    random = Random(1)  # noqa: S311 - repeatable, no secret

    def view(visitor: int) -> dict[str, object]:
        path = f"/articles/{int(random.random() ** 2 * PAGES)}/a-page"
        return {
            "path": path,
            "url": f"https://www.example.com{path}?utm_source=newsletter",
            "referrer": random.choice(_REFERRERS),
            "user_agent": _agent(visitor),
            "visitor_id": f"visitor-{visitor}",
        }

    def batch() -> list[dict[str, object]]:
        visitors = [random.randrange(VISITORS) for _ in range(-(-each // of_one))]
        return [view(visitors[row // of_one]) for row in range(each)]

    return [_told(batch(), site, key) for _ in range(count)]


def _told(rows: list[dict[str, object]], site: int, key: str) -> bytes:
    body = json.dumps(rows).encode()
    head = (
        f"POST /api/v1/sites/{site}/hits/batch HTTP/1.1\r\nHost: analytics.example.com\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _agent(visitor: int) -> str:
    return _AGENTS[visitor % len(_AGENTS)].format(110 + visitor % 30)


def _request(content: object, *, visitor: int) -> bytes:
    """Return a request; `visitor` decides address and user agent."""
    body = json.dumps(content).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: analytics.example.com\r\nUser-Agent: {_agent(visitor)}\r\n"
        f"X-Forwarded-For: 10.{visitor >> 16 & 255}.{visitor >> 8 & 255}.{visitor & 255}\r\n"
        "Accept: */*\r\nAccept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
        "Referer: https://www.example.com/\r\nOrigin: https://www.example.com\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def write(requests: Iterable[bytes], file: Path) -> None:
    """Write requests as `read` and wrk's script take them."""
    file.write_bytes(b"\0".join(requests))


def read(file: Path) -> list[bytes]:
    """Return what was written."""
    return file.read_bytes().split(b"\0")
