"""Addresses in their one form, and which of them belong to a site."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from yarl import URL

from core.referrers import bare_host
from ops.outbound.addresses import NO_ADDRESS

#: Longer addresses are not looked at: those are traps, or data.
MAX_LENGTH: Final = 2_000
#: What browsers leave out wherever it stands, and what they leave out at both ends.
_NOWHERE: Final = str.maketrans("", "", "\t\r\n")
_ENDS: Final = "".join(map(chr, range(0x21)))
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_QUERY: Final = re.compile(r"[?#]")
#: Files that stand for the folder that they are in.
_INDEXES: Final = (".html", ".htm", ".php", ".asp", ".aspx", ".jsp")


def canonical(text: str, base: str = "") -> str | None:
    """Return what an attribute of a page at `base` (in its one form) points to, in its one form.

    That is ASCII, with the host in lower case, without fragment, without a port that the scheme implies, with a path,
    and with only those escapes that are needed. Applied twice it changes nothing more.

    Returns:
        None if it is no address that can be asked over http or https: another scheme, a user's name in it, longer than
        `MAX_LENGTH`, or no address at all.
    """
    cleaned = text.translate(_NOWHERE).strip(_ENDS)
    scheme = _SCHEME.match(cleaned)
    if len(cleaned) > MAX_LENGTH or (scheme and scheme[1].lower() not in {"http", "https"}):
        return None
    try:
        parsed = URL(_slashes(cleaned))
        url = (URL(base).join(parsed) if base else parsed).with_fragment(None)
        if url.scheme not in {"http", "https"} or not url.host or "@" in url.raw_authority:
            return None
        # Once more, for a path that the join left unnormalised, and for one that is missing.
        url = URL(str(url if url != url.origin() else url.with_path("/")))
    except NO_ADDRESS:
        return None
    found = str(url)
    if len(found) > MAX_LENGTH or not found.isascii() or not _HOST.fullmatch(url.raw_host or ""):
        return None
    return found


def host_of(url: str) -> str:
    """Return host and port of an address in its one form; two of them do not belong to one server, or may not."""
    return URL(url).authority


class Scope(NamedTuple):
    """What belongs to a site: a host, with or without `www.`, and of it what is below a path."""

    host: str
    port: int | None  #: None for the usual ones of http and https
    path: str  #: without a slash at the end

    @classmethod
    def of(cls, root: str) -> Scope:
        """Return the scope of a site whose first page has this address, in its one form."""
        url = URL(root)
        path = url.raw_path
        if path.lower().endswith(_INDEXES):
            path = path.rpartition("/")[0]
        return cls(bare_host(url.raw_host or ""), _port(url), path.rstrip("/"))

    def is_own(self, url: str) -> bool:
        """Whether an address in its one form is at the site's host."""
        parsed = URL(url)
        return bare_host(parsed.raw_host or "") == self.host and _port(parsed) == self.port

    def contains(self, url: str) -> bool:
        """Whether an address in its one form is one of the site's pages."""
        path = URL(url).raw_path
        return self.is_own(url) and (path == self.path or path.startswith(f"{self.path}/"))


def _port(url: URL) -> int | None:
    return None if url.is_default_port() else url.port


def _slashes(text: str) -> str:
    """Backslashes are slashes to browsers, but in a query."""
    if "\\" not in text:
        return text
    end = _QUERY.search(text)
    split = end.start() if end else len(text)
    return text[:split].replace("\\", "/") + text[split:]
