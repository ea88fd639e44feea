"""What an owner names once for a site and uses in any report: segments, goals and funnels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from core.text import short_text

if TYPE_CHECKING:
    from uuid import UUID

T = TypeVar("T")

#: Of one kind, for one site.
MAX_DEFINITIONS: Final = 100
_MAX_NAME: Final = 100


class DefinitionKind(StrEnum):
    """What can be named."""

    SEGMENT = "segment"
    GOAL = "goal"
    FUNNEL = "funnel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(Generic[T]):
    """A meaning and its name, which no other of its kind has on the site. `created_at` is ms since 1970 UTC."""

    id: UUID
    name: str
    meaning: T
    created_at: int


def check_name(text: str) -> str:
    """Return the name without surrounding blanks.

    Raises:
        InvalidInput: it is empty, too long or cannot be stored.
    """
    return short_text(text, "name", most=_MAX_NAME)
