"""Looking names up, in threads of our own: a name server that does not answer holds up nobody else."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Protocol

from aiohttp.abc import AbstractResolver, ResolveResult

from ops.outbound.guard import NotPublicError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.outbound.guard import Guard

_THREADS: Final = 8
#: Of one name; whoever has more wants others to be called.
_MOST_ADDRESSES: Final = 16


class LookUp(Protocol):
    """How a name becomes addresses."""

    async def __call__(self, host: str) -> Sequence[str]:
        """Return the addresses of `host`, the preferred one first.

        Raises:
            OSError: it has none, or nobody knows.
        """
        ...


class Names(AbstractResolver):
    """A resolver for connectors. Every connection looks up anew.

    Addresses that the guard does not allow are left out, so that one of them is told of, and not that the others did
    not answer. What is connected to the guard sees once more.
    """

    def __init__(self, guard: Guard, look_up: LookUp | None = None) -> None:
        self._guard = guard
        self._look_up = look_up or self._ask_system
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="names")

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - the connector takes what it can use
    ) -> list[ResolveResult]:
        """Return addresses of `host`, at least one.

        Raises:
            socket.gaierror: it has none, or nobody knows.
            NotPublicError: it has none that may be connected to.
        """
        addresses = await self._look_up(host)
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no addresses")
        allowed = [address for address in addresses if self._guard.allows(address)]
        if not allowed:
            raise NotPublicError(addresses[0])
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in allowed[:_MOST_ADDRESSES]
        ]

    async def close(self) -> None:
        """Wait for no one who is still looking up."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask_system(self, host: str) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _addresses, host)
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, "not a name") from error
        return list(dict.fromkeys(found))


def _addresses(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(place[0]) for *_, place in found]
