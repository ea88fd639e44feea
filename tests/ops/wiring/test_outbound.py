"""The way out as settings have it."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest

from core.telemetry import NoTelemetry
from ops.outbound.errors import Forbidden
from ops.settings import load
from ops.wiring.outbound import outbound
from tests.outbound.world import LOOPBACK, World

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.mark.parametrize(
    ("given", "named"),
    [({}, ""), ({"public_url": "https://stats.example"}, " (+https://stats.example)")],
)
async def test_it_names_itself_and_asks_what_was_opened(given: Mapping[str, Any], named: str) -> None:
    """By its version, and its address if it has one; the system finds the names."""
    async with World() as world:
        world.pages[LOOPBACK] = {"/": "here"}
        client = outbound(load(outbound_hosts=(f"{LOOPBACK}/32",), **given), NoTelemetry())
        assert client is not None
        async with client:
            answer = await client.ask(world.url(LOOPBACK))
    assert (answer.body, world.asked[0].headers["User-Agent"]) == (b"here", f"Footfall/{version('footfall')}{named}")


async def test_nothing_is_opened_unless_said() -> None:
    """The machine itself is not asked."""
    async with World() as world:
        client = outbound(load(), NoTelemetry())
        assert client is not None
        async with client:
            with pytest.raises(Forbidden):
                await client.ask(world.url("localhost"))
    assert world.asked == []


def test_it_can_be_switched_off() -> None:
    """Then there is none."""
    assert outbound(load(outbound="off"), NoTelemetry()) is None
