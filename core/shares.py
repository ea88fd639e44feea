"""Share links: a site's report for whoever has the link, for a while or for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.text import short_text

if TYPE_CHECKING:
    from uuid import UUID

#: Of one site, expired ones included.
MAX_SHARES: Final = 100
_MAX_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One link; of its token there is only a hash. Times are ms since 1970 UTC."""

    id: UUID
    site: int
    site_uuid: UUID
    token_hash: bytes  # SHA-256
    name: str
    may_filter: bool
    created_at: int
    expires_at: int | None  # None: never
    used_at: int | None  # None: not yet

    def expired(self, now: int) -> bool:
        """Whether the link shows nothing any more at `now`."""
        return self.expires_at is not None and self.expires_at <= now


def check_share_name(text: str) -> str:
    """Return the name without surrounding blanks.

    Raises:
        InvalidInput: it is empty, too long or cannot be stored.
    """
    return short_text(text, "name", most=_MAX_NAME)
