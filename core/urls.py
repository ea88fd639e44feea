"""Addresses that somebody gives us to ask."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from core.errors import InvalidInput

_MAX_URL: Final = 2_048
#: What an address must have written as %XX (RFC 3986).
_RAW: Final = re.compile(r"[^!-~]")


def check_http_url(text: str, field: str) -> str:
    """Return the address with scheme and host in lower case, a path, and no fragment.

    Raises:
        InvalidInput: it is not an absolute http or https address, names a user, or is too long; the message names the
            field.
    """
    given = text.strip()
    example = f"{field} must be an address such as https://example.com/start"
    if _RAW.search(given):
        raise InvalidInput(f"{example}: write blanks and other than ASCII characters as %XX, host names as xn--...")
    if len(given) > _MAX_URL:
        raise InvalidInput(f"{field} must be at most {_MAX_URL} characters")
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InvalidInput(example) from None
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise InvalidInput(f"{example}, with http:// or https:// in front")
    if "@" in parts.netloc:
        raise InvalidInput(f"{field} must not name a user or a password")
    place = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, place if port is None else f"{place}:{port}", parts.path or "/", parts.query, ""))
