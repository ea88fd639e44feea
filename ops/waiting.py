"""Waiting for what we depend on, with a line in the log that says for what."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_fixed

from core.errors import NotFound, Unavailable
from storage.migrate import address, pending, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)

_PAUSE: Final = 1.0
#: The log is told at the first attempt and then at every so manieth.
_TELL_EVERY: Final = 15

_Result = TypeVar("_Result")


def until_there(what: str, call: Callable[[], _Result]) -> _Result:
    """Return what `call` returns, once it no longer raises Unavailable or NotFound; wait as long as it takes."""

    def tell(state: RetryCallState) -> None:
        if state.attempt_number % _TELL_EVERY == 1 and state.outcome is not None:
            _log.info("waiting for %s: %s", what, state.outcome.exception())

    retrying = Retrying(
        retry=retry_if_exception_type((Unavailable, NotFound)), wait=wait_fixed(_PAUSE), before_sleep=tell
    )
    return retrying(call)


def for_database(dsn: str) -> None:
    """Return when the database answers and misses no migration."""

    def check() -> None:
        missing = pending(dsn)
        if missing:
            raise Unavailable(f"{', '.join(missing)} not applied yet; `footfall migrate` does it")

    wait_for(dsn)
    until_there(f"the migrations of PostgreSQL at {address(dsn)}", check)
