"""Tasks that keep a process's memory right for as long as it serves."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

_log = logging.getLogger(__name__)

_PAUSE_SECONDS: Final = 1
_PATIENCE_SECONDS: Final = 5


class Keeper(Protocol):
    """Something in memory that follows the store."""

    #: Set once it is fit for use.
    ready: asyncio.Event

    async def keep(self) -> None:
        """Follow the store for ever."""
        ...


@asynccontextmanager
async def running(keepers: Sequence[Keeper]) -> AsyncIterator[None]:
    """Run them inside; begin when all are ready, or after 5 s without those that are not."""
    tasks = [asyncio.create_task(_run(keeper)) for keeper in keepers]
    try:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                for keeper in keepers:
                    await keeper.ready.wait()
        except TimeoutError:
            _log.warning("serving begins while the store does not answer; events are refused until it does")
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(keeper: Keeper) -> None:
    while True:
        try:
            await keeper.keep()
        except Exception:  # noqa: BLE001 - a process that goes on with an old memory is worse than any error here
            _log.exception("%s stopped and starts again", type(keeper).__name__)
        await asyncio.sleep(_PAUSE_SECONDS)
