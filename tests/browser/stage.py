"""A site of its own for each test: pages under a strict policy, the way to the collector, and what the reports say."""

from __future__ import annotations

import asyncio
import html
import json
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tests.browser.servers import Answer, Loopback, Request, forward

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.end_to_end.processes import Installation

_T = TypeVar("_T")
_SOON: Final = 60
_PAUSE: Final = 0.05
_COLLECT: Final = "/api/v1/collect"
_REPORTED: Final = "/policy-violations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page under test. `snippet` None is the stage's own; `policy` replaces the strict one."""

    body: str = ""
    snippet: str | None = None
    status: int = 200
    policy: str | None = None
    kind: str = "text/html; charset=utf-8"


@dataclass(slots=True, kw_only=True)
class Stage:
    """What a test sees. Every path is a page: one of `pages`, else an empty one with the snippet."""

    footfall: Installation
    site: str
    #: The host of script and collector, as browsers know it: forwards everything and remembers it.
    host: Loopback
    web: Loopback
    pages: dict[str, Page] = field(default_factory=dict)
    #: Of every page, beside its policy.
    headers: dict[str, str] = field(default_factory=dict)
    #: Prefixes of the site that its own server forwards to Footfall.
    proxied: dict[str, Callable[[Request], Answer]] = field(default_factory=dict)

    def url(self, path: str = "/") -> str:
        """A page's address."""
        return f"{self.web.url}{path}"

    def snippet(self, build: str = "tracker.js", *, tag: str = "defer", src: str = "", **data: str) -> str:
        """The script tag; `data` are attributes after `data-`, `_` for `-`."""
        given = {"id": self.site} | {name.replace("_", "-"): value for name, value in data.items()}
        attributes = " ".join(f'data-{name}="{html.escape(value)}"' for name, value in given.items())
        return f'<script {tag} {attributes} src="{src or f"{self.host.url}/js/{build}"}"></script>'

    @property
    def policy(self) -> str:
        """The strictest policy that the tracker works under."""
        return f"default-src 'none'; script-src {self.host.url}; connect-src {self.host.url}"

    def collected(self) -> list[Request]:
        """The requests that were sent to the collector, preflights included."""
        return [request for request in self.host.seen if request.path == _COLLECT]

    def events(self) -> list[dict[str, Any]]:
        """The events in them, in the order in which they came."""
        found: list[dict[str, Any]] = []
        for request in self.collected():
            body = json.loads(request.body) if request.body else []
            found += body if isinstance(body, list) else [body]
        return found

    def violations(self) -> list[bytes]:
        """What browsers reported against the pages' policy."""
        return [request.body for request in self.web.seen if request.path == _REPORTED]

    async def views(self) -> dict[str, int]:
        """Views by path, as the pages report has them."""
        rows = (await self._report("pages", period="today"))["rows"]
        return {row["path"]: row["pageviews"] for row in rows}

    async def types(self) -> dict[str, int]:
        """Events by type, as the realtime report has them."""
        rows = (await self._report("realtime"))["events_by_type"]
        return {row["eventType"]: row["count"] for row in rows}

    async def count(self, kind: str) -> int:
        """Events of a type, as the realtime report has them."""
        return (await self.types()).get(kind, 0)

    async def customs(self) -> dict[str, int]:
        """Custom events by name, as their report has them."""
        rows = (await self._report("custom-events", period="today"))["rows"]
        return {row["name"]: row["count"] for row in rows}

    async def summary(self) -> dict[str, Any]:
        """Today's totals."""
        metrics = (await self._report("summary", period="today"))["metrics"]
        return {name: metric["value"] for name, metric in metrics.items()}

    async def devices(self) -> dict[str, int]:
        """Visits by type of device."""
        rows = (await self._report("devices", period="today"))["device_types"]
        return {row["deviceType"]: row["visits"] for row in rows}

    async def referrers(self) -> dict[str, int]:
        """Visits by referring host."""
        rows = (await self._report("sources", period="today", group_by="domain"))["rows"]
        return {row["referrer"]: row["visits"] for row in rows}

    async def flow(self) -> tuple[dict[str, int], dict[str, int]]:
        """Visits by the page they began on and by the page they ended on."""
        found = await self._report("flow", period="today")
        return (
            {row["path"]: row["entries"] for row in found["landing_pages"]},
            {row["path"]: row["exits"] for row in found["exit_pages"]},
        )

    async def _report(self, name: str, **parameters: str) -> dict[str, Any]:
        return await asyncio.to_thread(self.footfall.report, name, self.site, **parameters)


async def until(read: Callable[[], Awaitable[_T]], expected: _T, within: float = _SOON) -> None:
    """Wait until `read()` gives `expected`; fail with what it gave last."""
    deadline = time.monotonic() + within
    while (found := await read()) != expected:
        assert time.monotonic() < deadline, f"expected {expected}, found {found}"
        await asyncio.sleep(_PAUSE)


async def holds(true: Callable[[], bool], within: float = _SOON) -> None:
    """Wait until `true()`; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "this never came true"
        await asyncio.sleep(_PAUSE)


@contextmanager
def stage_of(footfall: Installation, domain: str) -> Iterator[Stage]:
    """Yield a new site with its servers."""
    stages: list[Stage] = []

    def page(request: Request) -> Answer:
        if request.path == _REPORTED:
            return Answer(204)
        stage = stages[0]
        for prefix, pass_on in stage.proxied.items():
            if request.path.startswith(prefix):
                return pass_on(request)
        return _rendered(stage, request)

    with ExitStack() as stack:
        host = stack.enter_context(Loopback(forward(footfall.collect_url)))
        web = stack.enter_context(Loopback(page))
        stages.append(Stage(footfall=footfall, site=footfall.create_site(domain), host=host, web=web))
        yield stages[0]


def _rendered(stage: Stage, request: Request) -> Answer:
    page = stage.pages.get(request.path, Page())
    text = page.body
    if page.kind.startswith("text/html"):
        snippet = stage.snippet() if page.snippet is None else page.snippet
        title = html.escape(request.path)
        text = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f"{snippet}</head><body>{page.body}</body></html>"
        )
    headers = stage.headers | {
        "Content-Type": page.kind,
        "Content-Security-Policy": f"{page.policy or stage.policy}; report-uri {_REPORTED}",
    }
    return Answer(page.status, headers, text.encode())
