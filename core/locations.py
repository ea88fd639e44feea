"""The address of a page, of which only the host and the campaign survive: a query may hold anything, even secrets."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote_plus, unquote_plus

from core.clicks import CLICK_IDS, Network

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_VALUE: Final = 255
_MAX_QUERY: Final = 1_024
#: Longer addresses are rare, and ten thousand of them would fill the memory.
_MAX_CACHED: Final = 1_024
_END: Final = re.compile(r"[?#]")
_CAMPAIGN: Final = frozenset({"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"})
_KEPT: Final = _CAMPAIGN | CLICK_IDS.keys()
#: Quicker than parsing where an address has none of them, as most have.
_SIGNS: Final = re.compile("utm_|" + "|".join(sorted(CLICK_IDS)))


class Location(NamedTuple):
    """What is kept of a page's address besides its path. Empty text means none."""

    hostname: str
    query: str = ""  # campaign parameters only, click ids without their values
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_content: str = ""
    utm_term: str = ""
    click: Network | None = None  # of the last click id: the last platform that sent it on appended it last


def parse_location(url: str) -> Location:
    """Return what is kept of the address; an address that makes no sense has neither host nor campaign."""
    return _cached(url) if len(url) <= _MAX_CACHED else _parse(url)


def parse_locations(urls: Sequence[str]) -> list[Location]:
    """Return what `parse_location` does of each."""
    # Without a Python frame for each.
    parse = _cached if max(map(len, urls), default=0) <= _MAX_CACHED else parse_location
    return list(map(parse, urls))


def _parse(url: str) -> Location:
    address, _, _ = url.partition("#")
    address, _, query = address.partition("?")
    hostname = split_host(address)[0]
    if not _SIGNS.search(query):
        return Location(hostname)
    found: dict[str, str] = {}
    click = None
    # Whoever appends to an address that has a query already often writes a second question mark.
    for part in query.replace("?", "&").split("&"):
        name, _, value = part.partition("=")
        if name in _KEPT and value:
            click = CLICK_IDS.get(name, click)
            found.setdefault(name, "" if name in CLICK_IDS else clip(unquote_plus(value)))
    return Location(
        hostname=hostname,
        query="&".join(f"{name}={quote_plus(value)}" if value else name for name, value in found.items()),
        utm_source=found.get("utm_source", ""),
        utm_medium=found.get("utm_medium", ""),
        utm_campaign=found.get("utm_campaign", ""),
        utm_content=found.get("utm_content", ""),
        utm_term=found.get("utm_term", ""),
        click=click,
    )


_cached: Final = lru_cache(maxsize=10_000)(_parse)


def whole_query(url: str) -> str:
    """All that stands behind an address's question mark, at most 1,024 characters; what cannot be stored left out."""
    return url.partition("#")[0].partition("?")[2].replace("\0", "")[:_MAX_QUERY]


def whole_queries(urls: Sequence[str]) -> list[str]:
    """Return what `whole_query` does of each."""
    all_ = "".join(urls)
    if "#" in all_ or "\0" in all_ or max(map(len, urls), default=0) > _MAX_QUERY:
        return list(map(whole_query, urls))
    return [url.partition("?")[2] for url in urls]


def without_query(address: str) -> str:
    """The address up to its query or fragment."""
    return _END.split(address, maxsplit=1)[0]


def clip(value: str) -> str:
    """A campaign value as it may be stored: at most 255 characters, without U+0000 and outer blanks."""
    return value.replace("\0", "").strip()[:_MAX_VALUE]


def split_host(address: str) -> tuple[str, str]:
    """Return host, in lower case without user and port, and path of an address that has a scheme; else nothing."""
    scheme, separator, rest = address.partition("://")
    if not separator or not scheme:
        return "", ""
    authority, slash, path = rest.partition("/")
    host = authority.rpartition("@")[2].lower()
    host = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return host.rstrip(".")[:_MAX_VALUE], slash + path
