"""Registration data by RDAP (RFC 9082, 9083, 9224): in JSON, from the registry of the domain."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from core.spans import DAY
from ops.monitors.domain.registration import NoRegistry, NotTold
from ops.outbound.answer import Bounds
from ops.outbound.errors import OutboundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.clock import Clock
    from ops.outbound.client import Outbound

_KEPT: Final = DAY
#: Some do not take a name below the one that is registered.
_NO_SUCH: Final = frozenset({400, 404, 422})
_ACCEPT: Final = {"Accept": "application/rdap+json, application/json"}
_BOUNDS: Final = Bounds(seconds=15, bytes=1_000_000)


class Rdap:
    """Asks registries. Which is asked says a list that is kept for a day, and longer if there is no newer."""

    def __init__(self, outbound: Outbound, url: str, clock: Clock) -> None:
        self._outbound = outbound
        self._url = url
        self._clock = clock
        self._registries: Mapping[str, str] = {}
        self._read_at: int | None = None
        self._reading = asyncio.Lock()

    async def expiry(self, names: Iterable[str]) -> int | None:
        """Return when the first of the names ends that is registered, ms since 1970 UTC; None if that is not told.

        Raises:
            NotTold: there is no registry for it, or it does not answer.
        """
        registries = await self._list()
        for name in names:
            base = registry_of(registries, name)
            if base is None:
                raise NoRegistry("No registry tells by RDAP")
            found = await self._ask(f"{base.rstrip('/')}/domain/{name}")
            if found is not None:
                return expiry_in(found)
        return None

    async def _ask(self, url: str) -> Mapping[str, Any] | None:
        """Return what the registry knows; None if there is no such domain."""
        try:
            answer = await self._outbound.ask(url, headers=_ACCEPT, bounds=_BOUNDS)
        except OutboundError as error:
            raise NotTold(f"The registry does not answer: {error}") from error
        if answer.status in _NO_SUCH:
            return None
        if answer.status != 200:
            raise NotTold(f"The registry answers with status {answer.status}")
        found = _json(answer.body)
        if not isinstance(found, dict):
            raise NotTold("The registry's answer cannot be read")
        return found

    async def _list(self) -> Mapping[str, str]:
        async with self._reading:
            now = self._clock.now_ms()
            if self._read_at is None or now - self._read_at >= _KEPT:
                try:
                    self._registries = await self._read_list()
                except NotTold:
                    if self._read_at is None:
                        raise
                self._read_at = now
            return self._registries

    async def _read_list(self) -> Mapping[str, str]:
        try:
            answer = await self._outbound.ask(self._url)
        except OutboundError as error:
            raise NotTold(f"The list of registries cannot be had: {error}") from error
        found = registries_in(_json(answer.body)) if answer.status == 200 else {}
        if not found:
            raise NotTold("The list of registries cannot be read")
        return found


def registry_of(registries: Mapping[str, str], name: str) -> str | None:
    """Return the address of the registry of the longest suffix of the name that has one."""
    labels = name.split(".")
    suffixes = (".".join(labels[first:]) for first in range(1, len(labels)))
    return next((registries[suffix] for suffix in suffixes if suffix in registries), None)


def registries_in(found: object) -> dict[str, str]:
    """Return the address of each suffix's registry, from a list as RFC 9224 has it; what is not so is left out."""
    services = found.get("services") if isinstance(found, dict) else None
    registries: dict[str, str] = {}
    for service in services if isinstance(services, list) else []:
        match service:
            case [[*suffixes], [*urls]]:
                usable = [url for url in urls if isinstance(url, str) and url.startswith(("https://", "http://"))]
                best = sorted(usable, key=lambda url: not url.startswith("https://"))[:1]
                registries |= {suffix.lower(): url for url in best for suffix in suffixes if isinstance(suffix, str)}
            case _:
                continue
    return registries


def expiry_in(found: Mapping[str, Any]) -> int | None:
    """Return when a domain ends, from a registry's answer, ms since 1970 UTC; None if it does not tell."""
    events = found.get("events")
    for event in events if isinstance(events, list) else []:
        match event:
            case {"eventAction": "expiration", "eventDate": str(date)}:
                try:
                    when = datetime.fromisoformat(date.strip())
                except ValueError:
                    return None
                return round(when.replace(tzinfo=when.tzinfo or UTC).timestamp() * 1_000)
            case _:
                continue
    return None


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
