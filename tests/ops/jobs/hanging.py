"""A process that runs the jobs of a database, none of which ends: `python -m tests.ops.jobs.hanging DSN`."""

from __future__ import annotations

import asyncio
import sys

from core.jobs import Job, JobKind
from ops.clock import SystemClock
from tests.ops.jobs.stage import running


class Telling:
    """A work that says on standard output that it has begun, and hangs."""

    async def run(self, job: Job) -> int | None:
        """Hang."""
        sys.stdout.write(f"{job.kind} {job.subject}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
        return None


async def main(dsn: str) -> None:
    """Run jobs until the process is killed."""
    async with running(dsn, {JobKind.CONTENT: Telling()}, clock=SystemClock()):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
