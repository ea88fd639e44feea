"""The thread of the jobs: an event loop of their own, so that nothing they do holds up anything else."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from types import TracebackType

    from ops.jobs.runner import JobRunner

#: Threads for what blocks: as many as jobs may reasonably be at that, and then some for what they wait for.
_THREADS: Final = 16


class JobThread:
    """Runs jobs as long as the context lasts, and until those that run have ended or were cancelled."""

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        self._thread = threading.Thread(target=self._run, name="jobs")
        self._began = threading.Event()

    def __enter__(self) -> Self:
        """Begin; returns when it can be ended."""
        self._thread.start()
        self._began.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End, which takes some seconds if jobs run."""
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="jobs"))
        self._began.set()
        await self._runner.run(self._ending)
