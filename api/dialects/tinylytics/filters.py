"""Which hits are asked for, and how they are grouped. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput
from core.paths import MAX_LENGTH, normalise_path
from core.places import UNKNOWN_COUNTRY
from core.text import require_clean

if TYPE_CHECKING:
    from collections.abc import Mapping

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
#: What an address that was copied from an answer begins with, and no stored referrer.
_SCHEME: Final = re.compile(r"https?://(www\.)?", re.IGNORECASE)


class GroupBy(StrEnum):
    """What hits are counted by."""

    PATH = "path"
    COUNTRY = "country"
    REFERRER = "referrer"
    BROWSER_NAME = "browser_name"
    PLATFORM_NAME = "platform_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class HitFilters:
    """What is asked of hits, as it was sent; None where nothing was."""

    country: str | None = None
    path: str | None = None
    referrer: str | None = None
    grouped: bool = False
    group_by: GroupBy = GroupBy.PATH

    @property
    def stored_country(self) -> str | None:
        """The country as it is stored: '' where none is known."""
        return "" if self.country == UNKNOWN_COUNTRY else self.country

    @property
    def stored_path(self) -> str | None:
        """The path in its one form."""
        return None if self.path is None else normalise_path(self.path)

    @property
    def stored_referrer(self) -> str | None:
        """A part of referrers as they are stored: without scheme and without `www.`."""
        return (_SCHEME.sub("", self.referrer, count=1) or None) if self.referrer else None

    def shown(self) -> dict[str, Any]:
        """The filters, as answers repeat them."""
        return {
            "country": self.country,
            "path": self.path,
            "referrer": self.referrer,
            "grouped": self.grouped,
            **({"group_by": self.group_by.value} if self.grouped else {}),
        }


def hit_filters(query: Mapping[str, str]) -> HitFilters:
    """What is asked of hits; an empty value is as good as none.

    Raises:
        InvalidInput: a value is not understood.
    """
    country = query.get("country") or None
    if country is not None and not _COUNTRY.fullmatch(country):
        raise InvalidInput("country must be two upper-case letters, such as US")
    return HitFilters(
        country=country,
        path=text(query, "path"),
        referrer=text(query, "referrer"),
        grouped=_flag(query, "grouped"),
        group_by=_group_by(query),
    )


def text(query: Mapping[str, str], name: str) -> str | None:
    """A filter's text, None where nothing is sent.

    Raises:
        InvalidInput: nothing that is stored could be so.
    """
    found = query.get(name)
    if not found:
        return None
    if len(found) > MAX_LENGTH:
        raise InvalidInput(f"{name} must be at most {MAX_LENGTH} characters")
    require_clean(found, name)
    return found


def _flag(query: Mapping[str, str], name: str) -> bool:
    found = query.get(name) or "false"
    if found not in {"true", "false"}:
        raise InvalidInput(f"{name} must be true or false")
    return found == "true"


def _group_by(query: Mapping[str, str]) -> GroupBy:
    try:
        return GroupBy(query.get("group_by") or GroupBy.PATH)
    except ValueError:
        raise InvalidInput(f"group_by must be one of {', '.join(GroupBy)}") from None
