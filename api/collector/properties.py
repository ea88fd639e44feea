"""A custom event's own data: a JSON object of bounded size and depth, in which all text can be stored."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from core.errors import InvalidInput
from core.text import is_clean

MAX_BYTES: Final = 8_192
MAX_DEPTH: Final = 8
#: PostgreSQL's numeric type holds more, but nobody counts with such numbers.
_MAX_INTEGER: Final = 10**300


def parse_properties(raw: msgspec.Raw | bytes, field: str = "properties") -> dict[str, Any]:
    """Return the object, empty for null.

    Raises:
        InvalidInput: it is no object, or too large or too deep, or some text or number in it cannot be stored.
    """
    text = bytes(raw)
    if len(text) > MAX_BYTES:
        raise InvalidInput(f"{field} must be at most {MAX_BYTES} bytes of JSON, got {len(text)}")
    try:
        value = msgspec.json.decode(text)
    except RecursionError:
        raise InvalidInput(f"{field} must be nested at most {MAX_DEPTH} deep") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{field}: {error}") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput(f"{field} must be a JSON object")
    _check(value, field, 1)
    return value


def dump_properties(properties: dict[str, Any]) -> str:
    """Return what is stored of the object: its JSON text, or '' if it is empty."""
    return msgspec.json.encode(properties).decode() if properties else ""


def _check(value: object, field: str, depth: int) -> None:
    if isinstance(value, str):
        if not is_clean(value):
            raise InvalidInput(f"{field} must not contain U+0000")
    elif isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise InvalidInput(f"{field} must be nested at most {MAX_DEPTH} deep")
        children = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in children:
            if isinstance(key, str) and not is_clean(key):
                raise InvalidInput(f"{field} must not contain U+0000 in a name")
            _check(child, f"{field}.{str(key)[:64]}" if depth == 1 else field, depth + 1)
    elif isinstance(value, int) and abs(value) > _MAX_INTEGER:
        raise InvalidInput(f"{field} must not contain numbers of more than 300 digits")
