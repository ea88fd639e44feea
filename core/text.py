"""Text that PostgreSQL can hold: no U+0000, and nothing that UTF-8 cannot encode."""

from __future__ import annotations

from core.errors import InvalidInput


def is_clean(text: str) -> bool:
    """Whether the text can be stored."""
    if text.isascii():
        return "\0" not in text
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def require_clean(text: str, field: str) -> None:
    """Let storable text pass.

    Raises:
        InvalidInput: it holds U+0000 or half a surrogate pair; the message names the field.
    """
    if not is_clean(text):
        raise InvalidInput(f"{field} must not contain U+0000 or half a surrogate pair")
