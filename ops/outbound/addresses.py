"""Addresses that can be asked."""

from __future__ import annotations

from typing import Final

from yarl import URL

from ops.outbound.errors import Forbidden, OutboundError

#: What the library raises for texts that are no addresses.
NO_ADDRESS: Final = (ValueError, IndexError)


def readable(url: str) -> URL:
    """Return an address that can be asked, without its fragment.

    Raises:
        OutboundError: it is none.
    """
    try:
        parsed = URL(url).with_fragment(None)
    except NO_ADDRESS as error:
        raise OutboundError("This is not an address that can be asked") from error
    if parsed.scheme not in {"http", "https"} or not parsed.raw_host:
        raise Forbidden("Only addresses that begin with http:// or https:// can be asked")
    if parsed.raw_user is not None or parsed.raw_password is not None:
        raise Forbidden("Addresses with a user's name or password in them are not asked")
    return parsed


def redirected(base: URL, location: str) -> URL:
    """Return where a redirect leads.

    Raises:
        OutboundError: nowhere that can be asked.
    """
    try:
        target = str(base.join(URL(location)))
    except NO_ADDRESS as error:
        raise OutboundError("Redirected to something that is not an address") from error
    return readable(target)
