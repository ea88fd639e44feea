"""Registries on loopback: a list, RDAP over HTTP, and whois."""

from __future__ import annotations

import asyncio
import contextlib
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from ops.monitors.domain.asking import Registries
from ops.monitors.domain.whois import ROOT
from tests.outbound.world import LOOPBACK, Page, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.clock import Clock

RDAP: Final = "rdap.test"
WHOIS: Final = "whois.registry.test"


class Registry:
    """Who tells of the suffixes `zz` and `co.yy` by RDAP, and of `xx` by whois."""

    def __init__(self, world: World) -> None:
        self.world = world
        #: What whois answers to what it is asked; nothing to everything else.
        self.lines: dict[str, str] = {"xx": f"% root\r\nwhois:        {WHOIS}\r\n", "zz": f"refer: {WHOIS}\r\n"}
        self.asked_whois: list[str] = []
        self.list_of([[["zz", "co.yy"], ["ftp://rdap.test/", world.url(RDAP, "/v1/")]], ["broken"], [["ww"], []]])

    @property
    def asked(self) -> list[str]:
        """The paths that were asked of RDAP, the list among them."""
        return [asked.url.partition(f":{self.world.port}")[2] for asked in self.world.asked]

    def list_of(self, services: object) -> None:
        """Which registries there are."""
        self.world.pages[RDAP]["/list"] = Page(body=json.dumps({"services": services}))

    def tells(self, name: str, expires: str | None, status: int = 200) -> None:
        """What RDAP answers for a domain."""
        events = [{"eventAction": "registration", "eventDate": "1999-01-01T00:00:00Z"}]
        if expires is not None:
            events.append({"eventAction": "expiration", "eventDate": expires})
        body = json.dumps({"objectClassName": "domain", "events": events})
        self.world.pages[RDAP][f"/v1/domain/{name}"] = Page(status=status, body=body, type="application/rdap+json")

    async def whois(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question."""
        with contextlib.suppress(ConnectionError):
            question = (await reader.readline()).decode().strip()
            self.asked_whois.append(question)
            writer.write(self.lines.get(question, "No match\r\n").encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def registered(clock: Clock) -> AsyncIterator[tuple[Registry, Registries]]:
    """Registries, and who asks them."""

    async def look_up(host: str) -> list[str]:  # noqa: ARG001 - every name is here
        return [LOOPBACK]

    async with World() as world:
        registry = Registry(world)
        server = await asyncio.start_server(registry.whois, LOOPBACK, 0)
        port = server.sockets[0].getsockname()[1]
        async with world.outbound(opened=[RDAP, WHOIS, ROOT], look_up=look_up) as outbound:
            yield registry, Registries(outbound, clock, rdap_url=world.url(RDAP, "/list"), whois_port=port)
        server.close()
