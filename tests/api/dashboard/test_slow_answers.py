"""A page waits for no slow answer, and asks for each once."""

from __future__ import annotations

import asyncio

import pytest

from api.dashboard.slow_answers import KEPT, SlowAnswers
from core.errors import Unavailable
from tests.clocks import SetClock


class _Asked:
    """Answers with how often it was asked, when it is let go."""

    def __init__(self) -> None:
        self.times = 0
        self.let_go = asyncio.Event()

    async def __call__(self) -> int:
        self.times += 1
        await self.let_go.wait()
        return self.times


async def test_an_answer_that_takes_long_is_there_the_next_time() -> None:
    """It is not asked for twice meanwhile, and kept for a minute."""
    clock, ask = SetClock(0), _Asked()
    answers = SlowAnswers[int](clock=clock, patience=0.01)
    assert [await answers.get("a", ask) for _ in range(2)] == [None, None]
    ask.let_go.set()
    await asyncio.sleep(0)
    assert [await answers.get("a", ask) for _ in range(2)] == [1, 1]
    clock.pass_seconds(KEPT + 1)
    assert await answers.get("a", ask) == 2


async def test_answers_have_keys() -> None:
    """One does not wait for another."""
    answers = SlowAnswers[int](clock=SetClock(0), patience=0.01)
    slow, quick = _Asked(), _Asked()
    quick.let_go.set()
    assert [await answers.get(key, ask) for key, ask in (("a", slow), ("b", quick))] == [None, 1]
    slow.let_go.set()
    assert await answers.get("a", slow) == 1


async def test_what_failed_is_asked_again() -> None:
    """Whoever looks is told, once."""
    answers = SlowAnswers[int](clock=SetClock(0), patience=1)

    async def fail() -> int:
        raise Unavailable("the store does not answer: try again")

    with pytest.raises(Unavailable):
        await answers.get("a", fail)
    ask = _Asked()
    ask.let_go.set()
    assert await answers.get("a", ask) == 1
