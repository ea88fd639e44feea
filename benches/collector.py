"""One event per request: the collector against a route that does nothing and against FastAPI with Pydantic.

The log behind it accepts at once, so this is the price of HTTP, reading and enriching alone. Two measures: processor
time per request inside one process, without HTTP; and, where wrk is installed, requests a second over loopback with 64
connections, wrk sharing the machine. Caches are warm: 2,000 visitors, 500 pages, 20 user agents.
"""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import uvicorn
from fastapi import Body, FastAPI
from pydantic import BaseModel

from api.asgi import answer
from api.collector.clients import Clients
from api.collector.hot_route import Taking
from api.collector.intake import Intake
from api.collector.windows import SlidingWindow
from api.dialects.tinytrail.collect import PATH, Collect
from api.dispatcher import Dispatcher
from api.lookups.agents import Agents
from api.lookups.hosts import Hosts
from api.metrics import Requests
from api.tally import Tally
from core.enrich.draft import Lookups
from core.enrich.pipeline import Enrichment
from core.enrich.steps import SENT_STEPS
from core.ids import Stamper
from core.places import nowhere
from core.sites import Site
from core.visitors import DaySalt, Visitors
from ops.clock import SystemClock
from ops.telemetry import PrometheusTelemetry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.asgi import Application, Message, Receive, Scope, Send
    from core.events import Event

REQUESTS: Final = 2_000
REPEATED: Final = 10
SECONDS: Final = 4
CONNECTIONS: Final = 64
ROUNDS: Final = 3
SITE: Final = Site(id=1, uuid=UUID(int=1), account_id=UUID(int=2), domain="example.com")

SITE_ID: Final = str(SITE.uuid)


class _Page(BaseModel):
    """What a FastAPI route would take."""

    website_id: str
    event_type: str
    url: str
    path: str
    referrer: str | None = None
    screen_width: float | None = None
    screen_height: float | None = None
    properties: dict[str, Any] | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None


class _Known:
    def known(self, text: str) -> Site | None:
        return SITE if text == SITE_ID else None

    async def find(self, text: str) -> Site | None:
        return self.known(text)

    async def of_domain(self, domain: str) -> Site | None:
        return SITE if domain == SITE.domain else None

    async def of_number(self, number: int) -> Site | None:
        return SITE if number == SITE.id else None


class _Sink:
    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        """Accept at once."""

    async def ready(self) -> None:
        """Always."""


def collector() -> Application:
    """The real application of a collector, limits, metrics and all, before a log that keeps nothing."""
    clock, telemetry = SystemClock(), Tally(PrometheusTelemetry("bench"))
    salt = DaySalt(b"s" * 32)
    lookups = Lookups(
        agent=Agents.bundled(),
        source=Hosts.bundled(),
        place=nowhere,
        stamp=Stamper(clock, lambda limit: limit // 2).mint,
        identify=Visitors(bucket_key=b"b" * 32, salt_of=lambda _: salt).identify,
    )
    enrichment = Enrichment(lookups=lookups, clock=clock, telemetry=telemetry)
    known = _Known()
    sent = Enrichment(lookups=lookups, clock=clock, telemetry=telemetry, steps=SENT_STEPS)
    parts = Taking(
        clients=Clients(),
        window=SlidingWindow(limit=1_000_000, seconds=10, clock=clock),
        intake=Intake(sites=known, enrichment=enrichment, sent=sent, log=_Sink(), telemetry=telemetry),
        sites=known,
        keys=None,
        requests=Requests(telemetry=telemetry, clock=clock),
        telemetry=telemetry,
    )
    return Dispatcher([Collect(parts)], bare())


def bare() -> Application:
    """A route that reads nothing and always answers the same."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for event in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{event}.complete"})
            return
        await receive()
        await answer(send, 202, b'{"status":"accepted"}', [(b"content-type", b"application/json")])

    return app


def fastapi() -> Application:
    """A FastAPI route with a Pydantic body that does nothing with it."""
    app = FastAPI()

    @app.post(PATH, status_code=202)
    async def collect(page: Annotated[_Page, Body()]) -> dict[str, str]:
        return {"status": "accepted" if page.url else "dropped"}

    return app


APPLICATIONS: Final = {"bare ASGI route": bare, "collector": collector, "FastAPI and Pydantic": fastapi}


def run() -> None:
    """Print both measures and their ratios."""
    requests = _requests(Random(1))  # noqa: S311 - repeatable, no secret
    gc.collect()
    gc.freeze()
    spent = {
        name: min(asyncio.run(_inside(make(), requests)) for _ in range(ROUNDS)) for name, make in APPLICATIONS.items()
    }
    print("processor time per request, without HTTP:")
    _print(spent, "µs", over=spent["collector"])
    gc.unfreeze()
    wrk = shutil.which("wrk")
    if wrk is None:
        print("wrk is not installed: `apt-get install wrk` adds requests a second over loopback")
        return
    rates = {name: _over_http(wrk, name, requests) for name in APPLICATIONS}
    print(f"requests a second over loopback, {CONNECTIONS} connections, one process:")
    _print(rates, "/s", over=rates["collector"])


def _print(figures: dict[str, float], unit: str, *, over: float) -> None:
    for name, figure in figures.items():
        print(f"  {name:21}: {figure:9,.1f} {unit}, {figure / over:5.2f} of the collector's")


def _requests(random: Random) -> list[tuple[Scope, bytes]]:
    """Page views with the headers that a browser sends."""
    made: list[tuple[Scope, bytes]] = []
    for _ in range(REQUESTS):
        page, visitor = random.randrange(500), random.randrange(2_000)
        version = f"{120 + visitor % 20}.0"
        agent = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{version}) Gecko/20100101 Firefox/{version}"
        body = json.dumps(
            {
                "website_id": SITE_ID,
                "event_type": "page_view",
                "url": f"https://example.com/blog/post-{page}?utm_source=twitter",
                "path": f"/blog/post-{page}",
                "referrer": "https://t.co/abc123",
                "screen_width": 1920,
                "screen_height": 1080,
            }
        ).encode()
        headers = {
            "host": "analytics.example.com",
            "user-agent": agent,
            "accept": "*/*",
            "accept-language": "en-GB,en;q=0.5",
            "accept-encoding": "gzip, deflate, br, zstd",
            "referer": "https://example.com/",
            "content-type": "application/json",
            "content-length": str(len(body)),
            "origin": "https://example.com",
            "connection": "keep-alive",
            "sec-fetch-mode": "cors",
        }
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": PATH,
            "raw_path": PATH.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": (f"192.0.{visitor // 250}.{visitor % 250}", 40_000),
            "server": ("127.0.0.1", 8_000),
        }
        made.append((scope, body))
    return made


async def _inside(app: Application, requests: list[tuple[Scope, bytes]]) -> float:
    """µs of processor time per request after a warm-up of the same requests; every answer must be 202."""
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def all_of_them() -> None:
        for scope, body in requests:
            message = {"type": "http.request", "body": body, "more_body": False}

            async def receive(message: Message = message) -> Message:
                return message

            await app({**scope}, receive, send)

    await all_of_them()
    began = time.process_time()
    for _ in range(REPEATED):
        await all_of_them()
    spent = (time.process_time() - began) / REPEATED
    if set(statuses) != {202}:
        raise RuntimeError(f"answers other than 202: {set(statuses)}")
    return spent / len(requests) * 1e6


def _serve(name: str, listener: socket.socket) -> None:
    app = APPLICATIONS[name]()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    config = uvicorn.Config(app, http="httptools", loop="uvloop", ws="none", access_log=False, log_level="critical")
    uvicorn.Server(config).run([listener])


def _over_http(wrk: str, name: str, requests: list[tuple[Scope, bytes]]) -> float:
    """Requests a second that wrk gets out of an application in a process of its own."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        script = Path(folder) / "requests.lua"
        script.write_text(_lua(requests), encoding="utf-8")
        server = multiprocessing.get_context("spawn").Process(target=_serve, args=(name, listener), daemon=True)
        server.start()
        try:
            port = listener.getsockname()[1]
            command = [wrk, "-t1", f"-c{CONNECTIONS}", "-s", str(script), f"http://127.0.0.1:{port}{PATH}"]
            subprocess.run([*command, "-d2s"], check=True, capture_output=True)
            printed = subprocess.run([*command, f"-d{SECONDS}s"], check=True, capture_output=True, text=True).stdout
        finally:
            server.terminate()
            server.join()
    if "Non-2xx" in printed:
        raise RuntimeError(printed)
    found = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    if found is None:
        raise RuntimeError(printed)
    return float(found[1])


def _lua(requests: list[tuple[Scope, bytes]]) -> str:
    """Return wrk's script: all requests rendered once, sent in turn."""
    lines = []
    for scope, body in requests:
        headers = ", ".join(
            f"[{json.dumps(name.decode())}]={json.dumps(value.decode())}"
            for name, value in scope["headers"]
            if name not in {b"host", b"connection", b"content-length"}
        )
        lines.append(f"r[#r+1] = wrk.format('POST', nil, {{{headers}}}, {json.dumps(body.decode())})")
    # One function may hold 65,536 constants only.
    parts = [
        "\n".join(["do local function add()", *lines[at : at + 500], "end add() end"])
        for at in range(0, len(lines), 500)
    ]
    return "\n".join(
        ["r = {}", "local i = 0", "function init()", *parts, "end", "function request() i = i % #r + 1 return r[i] end"]
    )
