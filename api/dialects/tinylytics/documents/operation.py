"""What the document says of one route."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel


class Tag(StrEnum):
    """The chapters of the document."""

    DISCOVERY = "Discovery"
    SITES = "Account and sites"
    HITS = "Hits"
    KUDOS = "Kudos"
    ANALYTICS = "Analytics"


class Access(Enum):
    """Who may ask."""

    ANYBODY = "anybody"
    READER = "any key"
    WRITER = "full-access key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route. `answer`, `query` and `body` are the types that its schemas are made of."""

    id: str
    tag: Tag
    summary: str
    description: str = ""
    access: Access = Access.READER
    #: Whether the path has the id of a site.
    of_site: bool = False
    #: Whether the path has the uid of a kudo.
    of_kudo: bool = False
    query: type[BaseModel] | None = None
    body: Any = None
    body_example: Any = None
    status: int = 200
    meaning: str = "The answer."
    answer: Any = None
    example: Any = None
    #: Other answers than errors of the form `{"error": text}`: by status, type, meaning and example.
    others: Mapping[int, tuple[Any, str, Any]] = field(default_factory=dict)
    #: Statuses of errors of that form, beyond those that `access` and `of_site` bring.
    errors: tuple[int, ...] = ()
