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


def short_text(text: str, field: str, *, most: int) -> str:
    """Return the text without surrounding blanks.

    Raises:
        InvalidInput: it is empty, longer than `most` characters or cannot be stored; the message names the field.
    """
    short = text.strip()
    if not 0 < len(short) <= most:
        raise InvalidInput(f"{field} must be 1 to {most} characters")
    require_clean(short, field)
    return short
