"""Where a visitor came from: host and path of the page before, never its query."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from core.locations import split_host, without_query

_MAX_LENGTH: Final = 1_024


class Referrer(NamedTuple):
    """A referrer. Both are empty where there is none."""

    text: str  # host and path
    host: str  # in lower case, without www.


#: A page that was opened from nowhere.
NO_REFERRER: Final = Referrer("", "")


def parse_referrer(text: str) -> Referrer:
    """Return host and path; a referrer that is no address (a word, `about:blank`) is none."""
    return _cached(text) if len(text) <= _MAX_LENGTH else _parse(text)


def _parse(text: str) -> Referrer:
    host, path = split_host(without_query(text.strip()))
    if not host:
        return NO_REFERRER
    host = bare_host(host)
    return Referrer(host + (path if path != "/" else "")[: _MAX_LENGTH - len(host)], host)


_cached: Final = lru_cache(maxsize=10_000)(_parse)


def bare_host(host: str) -> str:
    """The host without its leading `www.`."""
    return host.removeprefix("www.")


@lru_cache(maxsize=10_000)
def is_own(host: str, domain: str) -> bool:
    """Whether a referring host is the site's own domain or one below it."""
    domain = bare_host(domain)
    return host == domain or host.endswith("." + domain)
