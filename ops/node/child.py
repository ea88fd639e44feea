"""What both processes of the single node do alike: end with their supervisor, say when they are ready, spare the GC."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

import uvloop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)

#: Seconds that a process may go on without its supervisor.
_ORPHAN_GRACE: Final = 30.0


def run(main: Callable[[asyncio.Event, Callable[[], None]], Awaitable[None]], *, ready: int) -> None:
    """Run `main` until it returns.

    Args:
        main: is given an event that is set when the process shall end, and what to call when it serves.
        ready: the descriptor to say so on.
    """

    def say_ready() -> None:
        calm_collector()
        os.write(ready, b"ready\n")
        os.close(ready)

    async def supervised() -> None:
        ending = asyncio.Event()
        loop = asyncio.get_running_loop()
        for how in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(how, ending.set)
        threading.Thread(target=_end_with_supervisor, name="supervisor", daemon=True).start()
        await main(ending, say_ready)

    uvloop.run(supervised())


def calm_collector() -> None:
    """Keep what the start made out of garbage collection for good, and collect the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _end_with_supervisor() -> None:
    """Wait for the end of standard input, which only the supervisor holds open; then end, in the end by force."""
    while os.read(sys.stdin.fileno(), 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_ORPHAN_GRACE)
    _log.error("not ended %.0f s after the supervisor: ending by force", _ORPHAN_GRACE)
    os._exit(1)
