"""What is at work now, for the log: a request, or a batch of events. Tasks, and threads, inherit it as context."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The id of the request; '' outside of one.
REQUEST: Final = ContextVar("request", default="")
#: The batch, as `LOG-PARTITION-FIRST-LAST` by its offsets; '' outside of one.
BATCH: Final = ContextVar("batch", default="")


@contextmanager
def request(id_: str) -> Iterator[None]:
    """Name the request while the context lasts."""
    before = REQUEST.set(id_)
    try:
        yield
    finally:
        REQUEST.reset(before)


@contextmanager
def batch(log: str, partition: int, first: int, last: int) -> Iterator[None]:
    """Name the batch of these offsets, both included, while the context lasts."""
    before = BATCH.set(f"{log}-{partition}-{first}-{last}")
    try:
        yield
    finally:
        BATCH.reset(before)
