"""One run of a job: how it ended, whatever its work did."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

from core.errors import FootfallError
from storage.times import instant

if TYPE_CHECKING:
    from core.jobs import Job, Work

_log = logging.getLogger(__name__)


class Done(NamedTuple):
    """It was done."""

    due_at: int | None  #: again, ms since 1970 UTC; None: not again


class Failed(NamedTuple):
    """It was not."""

    error: str


async def attempt(work: Work, job: Job, *, longest: float) -> Done | Failed:
    """Run a job for `longest` seconds at most.

    Raises:
        asyncio.CancelledError: whoever runs it was cancelled, and nothing else.
    """
    limit = asyncio.timeout(longest)
    try:
        async with limit:
            due_at = await work.run(job)
            if due_at is not None:
                instant(due_at)  # raises if the calendar does not reach there
            return Done(due_at)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return _failed(job, "it was cancelled from within")
    except FootfallError as error:
        return _failed(job, str(error) or type(error).__name__)
    except TimeoutError as error:
        return _failed(job, f"it took longer than {longest:g} s" if limit.expired() else _named(error))
    # A job must neither harm others nor end the process, whatever its work raises.
    except BaseException as error:  # noqa: BLE001
        _log.exception("The job %s %d failed", job.kind, job.subject)
        return Failed(_named(error))


def _failed(job: Job, error: str) -> Failed:
    _log.warning("The job %s %d failed: %s", job.kind, job.subject, error)
    return Failed(error)


def _named(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
