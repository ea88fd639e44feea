"""Content as an owner has it: switched on over HTTP, looked through by the jobs that run, read through Tinylytics'."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import psycopg

from core.accounts import Api, Role
from core.jobs import JobKind
from ops.clock import SystemClock
from ops.jobs import session
from ops.monitors.content.walk import Pace
from ops.monitors.content.work import ContentWork
from storage import keys
from storage.pool import open_pool
from tests.api.served import served
from tests.ops.jobs.stage import running
from tests.outbound.world import World

if TYPE_CHECKING:
    import pytest


async def test_a_site_is_looked_through_once_it_is_switched_on(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Off, then on, and when it is looked through, what was found."""
    monkeypatch.setattr(session, "ROUND", 0.05)
    monkeypatch.setattr(session, "PLAN", 0.05)
    with served(postgres_database) as server, open_pool(server.dsn, size=2) as pool:
        with psycopg.connect(server.dsn) as connection:
            key = keys.create(connection, Api.TINYLYTICS, Role.USER, "users")
        async with (
            httpx.AsyncClient(base_url=server.url, timeout=60) as client,
            World() as world,
            world.outbound() as outbound,
        ):

            async def content() -> httpx.Response:
                headers = {"Authorization": f"Bearer {key}"}
                return await client.get(f"/api/v1/sites/{server.site.id}/content", headers=headers)

            async def checked() -> Any:  # noqa: ANN401 - any JSON
                async with asyncio.timeout(60):
                    while True:
                        found = (await content()).json()
                        if found["monitoring_status"]["last_check_at"]:
                            return found
                        await asyncio.sleep(0.05)

            assert (await content()).status_code == 403
            world.pages["shop.test"]["/"] = "<a href=/here>x</a><a href=/gone>x</a>"
            world.pages["shop.test"]["/here"] = ""
            answer = await client.patch(
                f"/api/v1/websites/{server.site.uuid}/settings",
                json={"content": True, "content_url": world.url("shop.test")},
                headers={"X-API-KEY": server.user_key},
            )
            assert answer.status_code == 200, answer.text
            before = (await content()).json()
            assert (before["monitoring_status"]["is_initial_check"], before["stats"]["total_checked"]) == (True, 0)
            work = ContentWork(pool=pool, outbound=outbound, clock=SystemClock(), pace=Pace(pause=0))
            async with running(server.dsn, {JobKind.CONTENT: work}, clock=SystemClock(), planned=True) as runner:
                found = await checked()
                assert runner.problem() is None
            (issue,) = found["issues"]["broken_links"]
            assert (issue["url"], issue["status_code"], issue["error_message"]) == (
                world.url("shop.test", "/gone"),
                404,
                "Not Found",
            )
            assert (found["stats"]["total_checked"], found["stats"]["ok_count"]) == (3, 2)
            assert found["monitoring_status"]["root_path"] == "/"
