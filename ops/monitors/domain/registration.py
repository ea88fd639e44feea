"""What a registration is, and under which names it is looked for. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import FootfallError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.domains import Source

#: Names that are asked for at most, for one domain.
_TRIES: Final = 4
#: What nobody can register.
_NOBODY: Final = frozenset(
    {"alt", "arpa", "example", "home", "internal", "invalid", "lan", "local", "localhost", "onion", "test"}
)


class Registration(NamedTuple):
    """What was told of a domain."""

    expires_at: int | None  #: ms since 1970 UTC; None: nobody tells
    source: Source | None


class NotTold(FootfallError):  # noqa: N818 - named by what to do, as in core.errors
    """Who should know does not answer, or not so that it can be read; `str()` says why, for people."""


class NoRegistry(NotTold):
    """Nobody is known who should."""


def names(domain: str) -> Iterator[str]:
    """Return what may be registered: the domain, then without its first label, and so on, without a bare suffix."""
    labels = domain.lower().removesuffix(".").split(".")
    if _is_address(domain) or labels[-1] in _NOBODY:
        return
    for first in range(min(len(labels) - 1, _TRIES)):
        yield ".".join(labels[first:])


def _is_address(domain: str) -> bool:
    try:
        ip_address(domain)
    except ValueError:
        return False
    return True
