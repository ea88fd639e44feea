"""Uptime as an owner has it: switched on over HTTP, looked at by the jobs that run, read through Tinylytics' API."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import psycopg

from core.accounts import Api, Role
from core.jobs import JobKind
from ops.clock import SystemClock
from ops.jobs import session
from ops.monitors.uptime.work import UptimeWork
from storage import keys
from storage.pool import open_pool
from tests.api.served import served
from tests.ops.jobs.stage import running
from tests.outbound.world import Page, World

if TYPE_CHECKING:
    import pytest

    from tests.api.served import Served


class Owner:
    """Somebody with a site and the keys of two APIs."""

    def __init__(self, server: Served, client: httpx.AsyncClient) -> None:
        self._server = server
        self._client = client
        with psycopg.connect(server.dsn) as connection:
            self._key = keys.create(connection, Api.TINYLYTICS, Role.USER, "users")

    async def set(self, **settings: object) -> None:
        """Change settings of the site."""
        answer = await self._client.patch(
            f"/api/v1/websites/{self._server.site.uuid}/settings",
            json=settings,
            headers={"X-API-KEY": self._server.user_key},
        )
        assert answer.status_code == 200, answer.text

    async def uptime(self) -> httpx.Response:
        """What is answered about the monitor."""
        headers = {"Authorization": f"Bearer {self._key}"}
        return await self._client.get(f"/api/v1/sites/{self._server.site.id}/uptime", headers=headers)

    async def until(self, description: str) -> Any:  # noqa: ANN401 - any JSON
        """The answer once the monitor says this; meanwhile what is due later is due at once."""
        async with asyncio.timeout(60):
            while True:
                found = (await self.uptime()).json()
                if found.get("monitor", {}).get("status_description") == description:
                    return found
                with psycopg.connect(self._server.dsn) as connection:
                    connection.execute("UPDATE jobs SET due_at = now() WHERE kind = 'uptime'")
                await asyncio.sleep(0.05)


async def test_a_site_is_looked_at_from_when_it_is_switched_on(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up, down, up again, off."""
    monkeypatch.setattr(session, "ROUND", 0.05)
    monkeypatch.setattr(session, "PLAN", 0.05)
    with served(postgres_database) as server, open_pool(server.dsn, size=2) as pool:
        async with (
            httpx.AsyncClient(base_url=server.url, timeout=60) as client,
            World() as world,
            world.outbound() as outbound,
        ):
            work = UptimeWork(pool=pool, outbound=outbound, clock=SystemClock())
            owner = Owner(server, client)
            absent = await owner.uptime()
            assert (absent.status_code, absent.json()) == (
                404,
                {"error": "Uptime monitoring is not enabled for this site"},
            )
            await owner.set(uptime=True, uptime_url=world.url("shop.test"))
            new = (await owner.uptime()).json()
            assert (new["monitor"]["status_description"], new["monitor"]["id"]) == ("Pending", None)
            world.pages["shop.test"]["/"] = "here"
            async with running(server.dsn, {JobKind.UPTIME: work}, clock=SystemClock(), planned=True) as runner:
                up = await owner.until("Up")
                assert (up["monitor"]["last_status_code"], up["downtimes"]) == (200, [])
                world.pages["shop.test"]["/"] = Page(status=500)
                down = await owner.until("Down")
                assert down["monitor"]["is_down"]
                assert down["monitor"]["last_error_message"] == "500 Internal Server Error"
                assert [each["ongoing"] for each in down["downtimes"]] == [True]
                world.pages["shop.test"]["/"] = "here"
                again = await owner.until("Up")
                assert again["summary"] == {
                    "total_downtimes": 1,
                    "ongoing_downtimes": 0,
                    "recent_downtimes_30_days": 1,
                }
                await owner.set(uptime=False)
                assert (await owner.uptime()).status_code == 404
                assert runner.problem() is None
