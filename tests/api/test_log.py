"""What is logged of requests: their id, and nothing that tells who sent them."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import socket
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from core.accounts import Api, Role
from ops import logs
from ops.clock import SystemClock
from storage import keys
from storage.pool import open_async_pool
from streams.engine import Message, PartitionEngine
from streams.local.runner import Runner
from tests.api.served import served
from tests.api.world import MemoryLog
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg_pool import AsyncConnectionPool

    from core.ports import EventLog
    from tests.api.served import Served

IP: Final = "203.0.113.77"
#: Part of what looks like a browser, so that it is stored.
MARK: Final = "Marked/77.7.7"
AGENT: Final = f"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 {MARK}"
WRONG: Final = "tt_wrong-" + "W" * 34
PROXY_ID: Final = "from-the-proxy.0123456789"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged at the level debug, but for what the test's own client says."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    mine = [logging.getLogger(name) for name in ("httpx", "httpcore")]
    levels = [logger.level for logger in mine]
    stream = io.StringIO()
    logs.configure(level="debug", form="json", stream=stream)
    for logger in mine:
        logger.setLevel(logging.WARNING)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    for logger, was in zip(mine, levels, strict=True):
        logger.setLevel(was)


class FailingLog(MemoryLog):
    """Fails as nobody foresaw after the first batches."""

    async def append(self, events: Any) -> None:  # noqa: ANN401 - as its base has it
        """Keep three batches."""
        if len(self.appended) >= 3:
            raise RuntimeError("the disk is on fire")
        await super().append(events)


def _drive(server: Served, credentials: dict[Api, str]) -> list[int]:
    """Ask in every API's way, rightly and wrongly; return the statuses."""
    site, number = str(server.site.uuid), server.site.id
    view = {"website_id": site, "event_type": "page_view", "url": "https://example.com/a", "path": "/a"}
    antics = {"n": None, "u": "https://example.com/a", "w": 1920}
    viewed = {"path": "/a", "referrer": "", "screen": "1920x1080"}
    hit = {"path": "/a", "url": "https://example.com/a", "ip_address": IP, "user_agent": AGENT}
    headers = {"User-Agent": AGENT, "X-Forwarded-For": IP, "X-Request-ID": PROXY_ID, "Origin": "https://example.com"}
    bearer = {api: {"Authorization": f"Bearer {key}"} for api, key in credentials.items()}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        answers = [
            client.post("/api/v1/collect", json=view),
            client.post("/api/v1/collect", content=f'{{"website_id": "{IP} {AGENT}'),
            client.post("/api/v1/collect", json=view | {"event_type": AGENT, "url": IP}),
            client.get("/api/v1/pixel.gif", params={"id": site, "path": "/a"}),
            client.post("/collect", json=viewed),
            client.post("/collect", content=AGENT),
            client.post("/api/event", json=antics),
            client.post("/api/event", json={"u": IP, "n": 7}),
            client.post(f"/api/v1/sites/{number}/hits", json=hit, headers=bearer[Api.TINYLYTICS]),
            client.post(f"/api/v1/sites/{number}/hits", json=hit | {"path": 7}, headers=bearer[Api.TINYLYTICS]),
            client.post(f"/api/v1/sites/{number}/hits", json=hit, headers={"Authorization": f"Bearer {WRONG}"}),
            client.post(f"/api/v1/sites/{number}/hits/batch", json={"hits": [hit]}, headers=bearer[Api.TINYLYTICS]),
            client.get("/api/v1/websites", headers={"X-API-KEY": server.user_key}),
            client.get("/api/v1/websites", headers={"X-API-KEY": WRONG}),
            client.get("/api/v1/reports/summary", params={"website_id": IP}, headers={"X-API-KEY": server.user_key}),
            client.get("/api/v2/sites", headers=bearer[Api.PLATFORM]),
            client.get("/api/sites", headers=bearer[Api.ANTICS]),
            client.get("/api/stats", headers=bearer[Api.BEEP]),
            client.get("/metrics", headers={"Authorization": f"Bearer {WRONG}"}),
            client.get("/metrics", headers={"Authorization": f"Bearer {server.admin_key}"}),
            client.post("/sign-in", data={"key": server.user_key}, headers={"Origin": server.url}),
            client.post("/sign-in", data={"key": WRONG}, headers={"Origin": server.url}),
        ]
    statuses = [answer.status_code for answer in answers]
    # Sent in one piece or not, a server that has read enough may close while the rest is on its way.
    with contextlib.suppress(httpx.TransportError):
        statuses.append(httpx.post(f"{server.url}/api/v1/collect", content=b"x" * 100_000, headers=headers).status_code)
    where = urlsplit(server.url)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=60) as raw:
        raw.sendall(f"NONSENSE {IP}\r\nUser-Agent: {AGENT}\r\nX-API-KEY: {server.user_key}\r\n\r\n".encode())
        raw.recv(1_000)
    return statuses


def test_no_line_tells_who_sent_a_request(
    postgres_database: str, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No address, no user agent and no key, at the level debug, in whatever goes right or wrong."""

    def fail(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    def failing(_: AsyncConnectionPool) -> EventLog:
        return FailingLog()

    with served(postgres_database, log=failing, trusted_proxies=("127.0.0.1",)) as server:
        with psycopg.connect(postgres_database) as connection:
            credentials = {api: keys.create(connection, api, Role.USER, "users") for api in Api}
        statuses = _drive(server, credentials)
        monkeypatch.setattr("storage.sites.of_account", fail)
        headers = {"X-API-KEY": server.user_key, "User-Agent": AGENT, "X-Forwarded-For": IP}
        failed = httpx.get(f"{server.url}/api/v1/websites", headers=headers | {"X-Request-ID": PROXY_ID})
        ours = [
            httpx.get(f"{server.url}/api/v1/websites", headers=headers | {"X-Request-ID": given}).headers[
                "x-request-id"
            ]
            for given in ("short", f"with blanks {IP}", "x" * 65)
        ]
    assert {200, 202, 400, 401, 500} <= set(statuses)
    assert (failed.status_code, failed.headers["x-request-id"]) == (500, PROXY_ID)
    assert [len(id_) for id_ in ours] == [16, 16, 16]

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    told = [line for line in lines if line["level"] == "error"]
    assert {"nobody foresaw this", "the disk is on fire"} <= {line["traceback"].rpartition(": ")[2] for line in told}
    assert {line["request_id"] for line in told} >= {PROXY_ID, *ours}
    text = log.getvalue()
    secrets = [IP, MARK, WRONG, server.admin_key, server.user_key, *credentials.values()]
    assert [secret for secret in secrets if secret in text or secret[:20] in text] == []


async def test_lines_of_a_batch_name_it(postgres_database: str, log: io.StringIO) -> None:
    """By log, partition and offsets; what cannot be read is not shown."""
    pool = await open_async_pool(postgres_database, size=2)
    clock = SystemClock()
    engine = PartitionEngine(pool, "local", 0, clock=clock, telemetry=Measurements())
    runner = Runner(engine, clock=clock)
    try:
        await runner.start()
        await runner.append([])
        await runner.stop()
        await engine.apply([Message.read(1, clock.now_ms(), f"{IP} {AGENT}".encode())])
    finally:
        await pool.close()
    batches = [json.loads(line).get("batch") for line in log.getvalue().splitlines()]
    assert "local-0-0-0" in batches
    assert IP not in log.getvalue()
    assert MARK not in log.getvalue()
