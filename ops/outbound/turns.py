"""Whose turn it is: no host gets more than so many requests at a time, and who came first goes first."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turns:
    """Lets `most` at a time in, of every host. A semaphore lets those who wait in as they came."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._hosts: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @contextlib.asynccontextmanager
    async def at(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at the host and keep it inside."""
        host = host.lower().removesuffix(".")
        turn, users = self._hosts.get(host) or (asyncio.Semaphore(self._most), 0)
        self._hosts[host] = (turn, users + 1)
        try:
            async with turn:
                yield
        finally:
            turn, users = self._hosts[host]
            if users > 1:
                self._hosts[host] = (turn, users - 1)
            else:
                del self._hosts[host]
