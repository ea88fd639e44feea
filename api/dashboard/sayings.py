"""What a page says once of what was done: a closed list, for whoever makes up an address."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAYINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "saved": "Saved.",
        "deleted": "Deleted.",
        "revoked": "Revoked.",
        "added": "The site was added.",
        "site-deleted": "The site was deleted.",
        "funnel": "The funnel was saved.",
        "funnel-deleted": "The funnel was deleted.",
        "segment": "The segment was saved.",
        "segment-deleted": "The segment was deleted.",
    }
)


def said_of(word: str) -> str:
    """Return the sentence that an address's word stands for, '' for none."""
    return _SAYINGS.get(word, "")
