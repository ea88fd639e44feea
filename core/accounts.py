"""Accounts and their users, the APIs a key opens, and the principal a key stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.errors import InvalidInput
from core.text import require_clean, short_text

if TYPE_CHECKING:
    from uuid import UUID

_MAX_NAME: Final = 200
_MAX_EMAIL: Final = 320
_MAX_KEY_NAME: Final = 100
#: Keys of one user that work.
MAX_KEYS: Final = 100


class Api(StrEnum):
    """The HTTP APIs. A key of one opens no route of another."""

    TINYTRAIL = "tinytrail"
    BEEP = "beep"
    ANTICS = "antics"
    PLATFORM = "platform"
    TINYLYTICS = "tinylytics"


class Access(StrEnum):
    """What a key may do of what its user may."""

    FULL = "full"
    READ_ONLY = "read_only"


class Role(StrEnum):
    """What a user may do."""

    ADMIN = "admin"  #: everything, in every account
    USER = "user"  #: the sites and reports of the own account


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The user behind a request, known by a key; `key_id` is None where somebody else vouches for the user."""

    user_id: UUID
    account_id: UUID
    role: Role
    key_id: UUID | None = None
    access: Access = Access.FULL

    @property
    def is_admin(self) -> bool:
        """Whether this user sees every account."""
        return self.role is Role.ADMIN

    def may_see(self, account_id: UUID) -> bool:
        """Whether things of this account exist for this user at all."""
        return self.is_admin or account_id == self.account_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who owns sites. `created_at` is ms since 1970 UTC; `time_zone` is of the IANA database."""

    id: UUID
    name: str
    created_at: int
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Who has a key. `email` is a label, '' for none; `created_at` is ms since 1970 UTC."""

    id: UUID
    account_id: UUID
    email: str
    role: Role
    created_at: int


def check_account_name(text: str) -> str:
    """Return the name without surrounding blanks.

    Raises:
        InvalidInput: it is empty, too long or cannot be stored.
    """
    return short_text(text, "name", most=_MAX_NAME)


def check_email(text: str) -> str:
    """Return the label without surrounding blanks; nothing is ever sent there, so any text will do.

    Raises:
        InvalidInput: it is too long or cannot be stored.
    """
    email = text.strip()
    if len(email) > _MAX_EMAIL:
        raise InvalidInput(f"email must be at most {_MAX_EMAIL} characters")
    require_clean(email, "email")
    return email


def check_key_name(text: str) -> str:
    """Return the name without surrounding blanks.

    Raises:
        InvalidInput: it is empty, too long or cannot be stored.
    """
    return short_text(text, "name", most=_MAX_KEY_NAME)


def check_role(text: str) -> Role:
    """Return the role of this name.

    Raises:
        InvalidInput: there is none.
    """
    try:
        return Role(text)
    except ValueError:
        raise InvalidInput("role must be admin or user") from None
