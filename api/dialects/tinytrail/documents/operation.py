"""What the document says of one route."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel


class Tag(StrEnum):
    """The chapters of the document."""

    EVENTS = "Events"
    REPORTS = "Reports"
    ACCOUNTS = "Accounts"
    USERS = "Users"
    WEBSITES = "Websites"
    ADMIN = "Admin"
    SERVER = "Server"


class Access(Enum):
    """Who may ask."""

    ANYBODY = "anybody"
    USER = "a user"
    ADMIN = "an admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route. `answer`, `query` and `body` are the types that its schemas are made of."""

    id: str
    tag: Tag
    summary: str
    description: str = ""
    access: Access = Access.ANYBODY
    query: type[BaseModel] | None = None
    #: Whether it takes filters.
    filtered: bool = False
    #: What the path's `{id}` is of.
    of: str = ""
    id_type: Any = UUID
    #: What the path's `{item}` is of, where it has one.
    item: str = ""
    item_type: type = UUID
    body: Any = None
    body_example: Any = None
    body_required: bool = True
    status: int = 200
    meaning: str = "The answer."
    #: The type of the whole JSON answer; None where there is none.
    answer: Any = None
    example: Any = None
    #: Other media types of the answer, each with an example.
    media: Mapping[str, str] = field(default_factory=dict)
    #: Other answers: by status, FastAPI's description of them.
    others: Mapping[int | str, dict[str, Any]] = field(default_factory=dict)
    #: Statuses with the error envelope, beyond those that `access` brings.
    errors: tuple[int, ...] = ()
