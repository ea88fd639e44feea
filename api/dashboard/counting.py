"""How often a viewer may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.concurrency import run_in_threadpool

from api.errors import HttpError

if TYPE_CHECKING:
    from api.dashboard.parts import Parts
    from api.dashboard.viewer import Viewer


async def count(parts: Parts, viewer: Viewer, of: bytes = b"") -> None:
    """Count a request that asks reports; those `of` another kind have a count of their own.

    Raises:
        HttpError: 429, there were too many.
    """
    if parts.limit is None:
        return
    if wait := await run_in_threadpool(parts.limit.retry_after, viewer.counted + of):
        raise HttpError.rate_limited(wait)
