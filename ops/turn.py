"""A turn: work on many things for some seconds, so that nothing else is late for long."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar

import psycopg

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Event

    from core.clock import Clock

T = TypeVar("T")

_log = logging.getLogger(__name__)

#: How long a turn may take before it leaves the rest to the next, seconds.
TURN: Final = 10.0


def take_turn(things: Iterable[T], do: Callable[[T], object], *, clock: Clock, stop: Event) -> bool:
    """Return whether all were tried before the time was over. One that fails must not keep the others from it.

    Raises:
        psycopg.OperationalError: the database is away.
    """
    ends = clock.monotonic() + TURN
    for thing in things:
        if stop.is_set() or clock.monotonic() > ends:
            return False
        try:
            do(thing)
        except psycopg.OperationalError:
            raise
        except Unavailable as error:
            _log.warning("The archive's %s has to wait: %s", thing, error)
        except Exception:  # noqa: BLE001 - whatever it is
            _log.exception("The archive's %s failed; it is tried again", thing)
    return True
