"""The shapes of the beep-analytics API: bodies as they are sent, rows as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from api.dialects.instants import to_the_second
from core.errors import InvalidInput

if TYPE_CHECKING:
    from aggregations.hits import Hit
    from storage.keys import Made, NumberedKey

M = TypeVar("M")


class View(msgspec.Struct, frozen=True, gc=False):
    """A page view as the tracker sends it; it also sends `origin`, which nobody reads."""

    path: str | None = None
    referrer: str | None = None
    screen: str | None = None


class Ignored(msgspec.Struct, frozen=True, gc=False):
    """An address or network as it is sent to be ignored."""

    ip: str | None = None


_views: Final = msgspec.json.Decoder(View)
_ignored: Final = msgspec.json.Decoder(Ignored)


def read_view(body: bytes) -> View:
    """Return the page view.

    Raises:
        InvalidInput: that is no JSON object, or a field is no text.
    """
    return _read(_views, body)


def read_ignored(body: bytes) -> str:
    """Return the text that is to be ignored.

    Raises:
        InvalidInput: that is no JSON object, or it has no `ip`.
    """
    text = _read(_ignored, body).ip
    if not text:
        raise InvalidInput("ip required")
    return text


def made_token(made: Made) -> dict[str, Any]:
    """Return a token as it is shown once."""
    return {"token": made.key, "id": made.number}


def token(key: NumberedKey) -> dict[str, Any]:
    """Return a token as it is listed."""
    return {"id": key.number, "created_at": to_the_second(key.created_at)}


def count_row(site: str, ip: str, path: str, count: int) -> dict[str, Any]:
    """Return how often a path was seen from an address, '' where addresses are not kept."""
    return {"site": site, "ip": ip, "path": path, "count": count}


def view_row(site: str, hit: Hit) -> dict[str, Any]:
    """Return one page view; what is not known is ''."""
    return {
        "site": site,
        "ip": hit.ip,
        "country": hit.country,
        "region": hit.region,
        "city": hit.city,
        "browser": _with_major(hit.browser, hit.browser_version),
        "os": _with_major("iPadOS" if (hit.os, hit.device) == ("iOS", "tablet") else hit.os, hit.os_version),
        "path": hit.path,
        "referrer": f"https://{hit.referrer}" if hit.referrer else "",
        "time": to_the_second(hit.ts),
    }


def _with_major(name: str, version: str) -> str:
    """Return `Chrome 120` of `Chrome` and `120.0`; unknown ones are `Other`."""
    major = version.partition(".")[0]
    return f"{name} {major}".rstrip() if name else "Other"


def _read(decoder: msgspec.json.Decoder[M], body: bytes) -> M:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidInput("invalid json") from None
