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
        "removed": "Removed.",
        "added": "The site was added.",
        "site-deleted": "The site was deleted.",
        "funnel": "The funnel was saved.",
        "funnel-deleted": "The funnel was deleted.",
        "segment": "The segment was saved.",
        "segment-deleted": "The segment was deleted.",
        "alert": "The alert was added. It is looked at within a minute.",
        "recipient": "The recipient was added.",
        "tested": "A test is on its way: see below what becomes of it.",
        "retried": "It is sent once more: see below what becomes of it.",
        "looking": "A check begins within a minute.",
        "ignored": "The issue is ignored.",
        "minded": "The issue counts again.",
    }
)


def said_of(word: str) -> str:
    """Return the sentence that an address's word stands for, '' for none."""
    return _SAYINGS.get(word, "")
