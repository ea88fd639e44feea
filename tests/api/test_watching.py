"""A window that is watched: what is said of it, what fills silence, and what ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from api.errors import HttpError
from api.event_streams import COMMENT
from api.watching import Pace, Watched
from core.errors import NotFound, Unavailable
from core.realtime import RealtimeView
from ops.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

QUIET: Final = RealtimeView(0, (), ())
QUICK: Final = Pace(message=0.02, look=0.01, comment=0.05, check=0.03)
BEAT: Final = b"event: time\ndata: 14:02:31\n\n"


def _nothing() -> None:
    pass


def _data(view: RealtimeView) -> bytes:
    return b"%d here" % view.active


async def _quiet() -> RealtimeView:
    return QUIET


async def test_silence_is_filled_with_comments() -> None:
    """And an outage of the store is silence."""
    answers = [Unavailable("away", retry_after=1)] * 30

    async def view() -> RealtimeView:
        if answers:
            raise answers.pop()
        return QUIET._replace(active=1)

    chunks = Watched(view, _nothing, _data, clock=SystemClock(), pace=QUICK, beat=lambda: BEAT).chunks(QUIET)
    found = [chunk async for chunk in _until(chunks, b"1 here")]
    assert found[0].startswith(b"retry: ")
    assert found[1].startswith(b"id: ")
    assert set(found[2:-1]) == {COMMENT}
    await chunks.aclose()


async def test_a_beat_says_that_nothing_has_changed() -> None:
    """In place of the comment, while the window can be told."""
    chunks = Watched(_quiet, _nothing, _data, clock=SystemClock(), pace=QUICK, beat=lambda: BEAT).chunks(QUIET)
    found = [chunk async for chunk in _until(chunks, BEAT)]
    assert (len(found), found[-1]) == (3, BEAT)
    await chunks.aclose()


@pytest.mark.parametrize("gone", [HttpError(401, "send a valid key"), NotFound("there is no such website")])
async def test_it_ends_when_key_or_site_is_gone(gone: Exception) -> None:
    """But not when nobody can tell."""
    outcomes: list[Exception | None] = [gone, psycopg.OperationalError("away"), None]

    def check() -> None:
        if outcome := outcomes.pop():
            raise outcome

    async for _ in Watched(_quiet, check, _data, clock=SystemClock(), pace=QUICK).chunks(QUIET):
        pass
    assert outcomes == []


async def _until(chunks: AsyncGenerator[bytes, None], text: bytes) -> AsyncGenerator[bytes, None]:
    async for chunk in chunks:
        yield chunk
        if text in chunk:
            return
