"""Who is asked when a domain ends: the registry by RDAP, and where that tells nothing by whois."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ops.monitors.domain.rdap import Rdap
from ops.monitors.domain.registration import NoRegistry, NotTold, Registration, names
from ops.monitors.domain.whois import PORT, Whois
from storage.domains import Source

if TYPE_CHECKING:
    from core.clock import Clock
    from ops.outbound.client import Outbound

_NOBODY: Final = Registration(None, None)


class Registries:
    """Those who tell when a domain ends."""

    def __init__(self, outbound: Outbound, clock: Clock, *, rdap_url: str, whois_port: int = PORT) -> None:
        self._sources: dict[Source, Rdap | Whois] = {
            Source.RDAP: Rdap(outbound, rdap_url, clock),
            Source.WHOIS: Whois(outbound, clock, port=whois_port),
        }

    async def of(self, domain: str) -> Registration:
        """Return what is told of a domain, or of the one that it is part of.

        Raises:
            NotTold: those who should tell do not answer.
        """
        wanted = list(names(domain))
        if not wanted:
            return _NOBODY
        problems = []
        for source, registry in self._sources.items():
            try:
                expires_at = await registry.expiry(wanted)
            except NoRegistry:
                continue
            except NotTold as error:
                problems.append(error)
                continue
            if expires_at is not None:
                return Registration(expires_at, source)
        if problems:
            raise problems[0]
        return _NOBODY
