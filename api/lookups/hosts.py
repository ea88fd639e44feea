"""What a well-known host is, by its labels: `t.co` is not in `walmart.com`."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from api.lookups.data import rows
from core.channels import Source, SourceKind
from core.clicks import Network

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Second-level names under which countries register: google.co.uk, google.com.br.
_SECOND_LEVEL: Final = frozenset({"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"})
_ANY_ENDING: Final = "*"
#: Hosts below a listed one that are pages like any others: docs.google.com is no search engine.
_PAGE: Final = "page"


class Hosts:
    """A callable list of hosts: give a host in lower case, get what it is or None."""

    def __init__(self, entries: Iterable[tuple[str, str, str]]) -> None:
        self._sources = {host: _source(kind, network) for kind, host, network in entries}
        self._cached = lru_cache(10_000)(self._look_up)

    @classmethod
    def bundled(cls) -> Hosts:
        """Return the list that comes with Footfall."""
        return cls((kind, host, "".join(network)) for kind, host, *network in rows("hosts.csv"))

    def __call__(self, host: str) -> Source | None:
        """Return what the longest listed suffix of the host's labels is."""
        return self._cached(host)

    def _look_up(self, host: str) -> Source | None:
        labels = host.split(".")
        stem, country_free = labels[:-1], labels[:-2]
        if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
            stem = country_free
        for start in range(len(labels)):
            names = [".".join(labels[start:])]
            if start < len(stem):
                names.append(".".join([*stem[start:], _ANY_ENDING]))
            for name in names:
                if name in self._sources:
                    return self._sources[name]
        return None


@cache  # one for all hosts that are the same, so that what is made of it can be cached
def _source(kind: str, network: str) -> Source | None:
    return None if kind == _PAGE else Source(SourceKind(kind), Network(network) if network else None)
