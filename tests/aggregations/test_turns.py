"""Who runs, who waits, and who is sent away."""

from __future__ import annotations

import asyncio
import threading

import pytest

from aggregations.turns import Turns
from core.errors import Overloaded


async def test_a_few_run_a_few_wait_and_the_rest_is_sent_away() -> None:
    """One at a time, in the order they came."""
    turns = Turns("test", at_a_time=1, waiting=1)
    goes_on, order = threading.Event(), list[str]()

    def work(name: str) -> str:
        goes_on.wait(timeout=30)
        order.append(name)
        return name

    first = asyncio.ensure_future(turns.run(lambda: work("first")))
    second = asyncio.ensure_future(turns.run(lambda: work("second")))
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await turns.run(lambda: work("third"))
    goes_on.set()
    assert [await first, await second] == ["first", "second"]
    assert order == ["first", "second"]
    assert await turns.run(lambda: work("fourth")) == "fourth"
    turns.close()


async def test_work_that_fails_gives_its_turn_back() -> None:
    """And the error to whoever asked."""
    turns = Turns("test", at_a_time=1, waiting=0)

    def fail() -> None:
        raise KeyError("gone")

    for _ in range(3):
        with pytest.raises(KeyError, match="gone"):
            await turns.run(fail)
    turns.close()
