"""The shapes of what the Platform API v2 lists, and its errors' sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.dialects.instants import to_the_millisecond

if TYPE_CHECKING:
    from core.sites import Site

UNAUTHORIZED: Final = "Unauthorized — provide a valid API key"
#: Of a site that is not there, and of one that is somebody else's: they cannot be told apart.
FORBIDDEN: Final = "Forbidden — you do not have access to this resource"


def site(found: Site) -> dict[str, Any]:
    """A site as it is shown. None is ever inactive: a deleted one is not there."""
    return {
        "siteId": found.object_id,
        "name": found.name or found.domain,
        "domain": found.domain,
        "isActive": True,
        "createdAt": to_the_millisecond(found.created_at),
    }
