"""A site as both APIs know it: what is sent to make one, and what is shown of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from api.dialects.instants import to_the_second
from core.errors import InvalidInput

if TYPE_CHECKING:
    from core.sites import Site


class NewSite(msgspec.Struct, frozen=True, gc=False):
    """A site as it is sent to be made; only Antics' clients send a name."""

    domain: str | None = None
    name: str | None = None


_decoder: Final = msgspec.json.Decoder(NewSite)


def read_new_site(body: bytes) -> tuple[str, str]:
    """Return the domain and the name, '' without one, as they were sent.

    Raises:
        InvalidInput: that is no JSON object with texts, or it has no `domain`.
    """
    try:
        sent = _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InvalidInput("invalid json") from None
    if not sent.domain:
        raise InvalidInput("domain required")
    return sent.domain, sent.name or ""


def shown(site: Site) -> dict[str, Any]:
    """Return a site with the fields of both APIs."""
    return {
        "id": site.id,
        "domain": site.domain,
        "created_at": to_the_second(site.created_at),
        "name": site.name,
        "public": site.public,
        "folder_id": None if site.folder_id is None else str(site.folder_id),
    }
