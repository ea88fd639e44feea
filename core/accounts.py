"""Who may ask: the APIs a key opens, the roles of its user, and the principal a key stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


class Api(StrEnum):
    """The HTTP APIs. A key of one opens no route of another."""

    TINYTRAIL = "tinytrail"
    BEEP = "beep"
    ANTICS = "antics"
    PLATFORM = "platform"
    TINYLYTICS = "tinylytics"


class Role(StrEnum):
    """What a user may do."""

    ADMIN = "admin"  #: everything, in every account
    USER = "user"  #: the sites and reports of the own account


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The user behind a request, known by a key."""

    user_id: UUID
    account_id: UUID
    role: Role

    @property
    def is_admin(self) -> bool:
        """Whether this user sees every account."""
        return self.role is Role.ADMIN

    def may_see(self, account_id: UUID) -> bool:
        """Whether things of this account exist for this user at all."""
        return self.is_admin or account_id == self.account_id
