"""Waiting for what must become true."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable


def until(
    what: str, reached: Callable[[], bool], *, within: float, meanwhile: Callable[[], object] | None = None
) -> float:
    """Return the seconds after which `reached()` was true; fail after `within` of them.

    `meanwhile` is called between two looks.
    """
    begin = time.monotonic()
    while not reached():
        took = time.monotonic() - begin
        assert took < within, f"after {took:.0f} s not: {what}"
        if meanwhile is not None:
            meanwhile()
        time.sleep(0.1)
    return time.monotonic() - begin


def is_healthy(url: str) -> bool:
    """Whether the process there says that it would serve now."""
    try:
        return httpx.get(f"{url}/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
