"""What both processes of the single node do alike: end with their supervisor, and tell it when they are ready."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

from ops import process

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)

#: Seconds that a process may go on without its supervisor. PostgreSQL ends with the supervisor too, so what is not
#: stored by then never will be; requests that wait for it would only keep the next start waiting.
_ORPHAN_GRACE: Final = 5.0


def run(main: Callable[[asyncio.Event, Callable[[], None]], Awaitable[None]], *, ready: int) -> None:
    """Run `main` until it returns.

    Args:
        main: is given an event that is set when the process shall end, and what to call when it serves.
        ready: the descriptor to say so on.
    """

    def say_ready() -> None:
        process.calm_collector()
        os.write(ready, b"ready\n")
        os.close(ready)

    async def supervised(ending: asyncio.Event) -> None:
        threading.Thread(target=_end_with_supervisor, name="supervisor", daemon=True).start()
        await main(ending, say_ready)

    process.run(supervised)


def _end_with_supervisor() -> None:
    """Wait for the end of standard input, which only the supervisor holds open; then end, in the end by force."""
    while os.read(sys.stdin.fileno(), 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_ORPHAN_GRACE)
    _log.error("not ended %.0f s after the supervisor: ending by force", _ORPHAN_GRACE)
    os._exit(1)
