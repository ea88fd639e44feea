"""Ids as they come in paths and bodies."""

from __future__ import annotations

from uuid import UUID

from core.errors import InvalidInput


def identifier(given: object, field: str) -> UUID:
    """Return the UUID that was given in its usual form.

    Raises:
        InvalidInput: it is none; the message names the field.
    """
    try:
        uuid = UUID(given) if isinstance(given, str) else None
    except ValueError:
        uuid = None
    if uuid is None or str(uuid) != str(given).lower():
        raise InvalidInput(f"{field} must be a UUID such as 550e8400-e29b-41d4-a716-446655440000")
    return uuid
