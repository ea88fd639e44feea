"""What a well-known host is, by its labels: `t.co` is not in `walmart.com`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from api.lookups.data import rows
from core.channels import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Second-level names under which countries register: google.co.uk, google.com.br.
_SECOND_LEVEL: Final = frozenset({"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"})
_ANY_ENDING: Final = "*"


class Hosts:
    """A callable list of hosts: give a host in lower case, get its kind or None."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._kinds = {host: SourceKind(kind) for kind, host in entries}
        self._cached = lru_cache(10_000)(self._look_up)

    @classmethod
    def bundled(cls) -> Hosts:
        """Return the list that comes with Footfall."""
        return cls((kind, host) for kind, host in rows("hosts.csv"))

    def __call__(self, host: str) -> SourceKind | None:
        """Return the kind of the longest listed suffix of the host's labels."""
        return self._cached(host)

    def _look_up(self, host: str) -> SourceKind | None:
        labels = host.split(".")
        stem, country_free = labels[:-1], labels[:-2]
        if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
            stem = country_free
        for start in range(len(labels)):
            kind = self._kinds.get(".".join(labels[start:]))
            if kind is None and start < len(stem):
                kind = self._kinds.get(".".join([*stem[start:], _ANY_ENDING]))
            if kind is not None:
                return kind
        return None
