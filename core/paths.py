"""A page's path in its one form, whoever sent it: the collector stores it, and filters are brought to it too."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from unicodedata import category, normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Paths that differ only beyond this many characters are one.
MAX_LENGTH: Final = 1_024
_END: Final = re.compile(r"[?#]")
#: Without any of them, plain text is cut and decoded nowhere.
_SIGNS: Final = re.compile(r"[?#%]")
_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
#: Decoded, these would change where the path ends or what its other escapes mean.
_STAY: Final = frozenset("/?#%")


def normalise_path(text: str) -> str:
    """Return the path that `text` names.

    It is cut at `?` and `#`; percent-escaped UTF-8 is decoded, except for `%2F %3F %23 %25`, control characters and
    bytes that are no UTF-8, which stay as escapes; the result is in Unicode form NFC, begins with a slash and has at
    most 1,024 characters. Case and a trailing slash stay as sent. Applied twice it changes nothing more.
    """
    return _cached(text) if len(text) <= MAX_LENGTH else _normalise(text)


def normalise_paths(texts: Sequence[str]) -> list[str]:
    """Return what `normalise_path` does of each."""
    if max(map(len, texts), default=0) > MAX_LENGTH:
        return list(map(normalise_path, texts))
    all_ = "".join(texts)
    # Most are in it already, and looking at all of them at once costs less than finding each in a cache.
    if all_.isascii() and not _SIGNS.search(all_) and [text[:1] for text in texts].count("/") == len(texts):
        return list(texts)
    return list(map(_cached, texts))


def normalise_pattern(text: str) -> str:
    """Return the form in which a pattern fits paths in their one form: a star in front is no part of a path."""
    return normalise_path(f"/{text}")[1:] if text.startswith("*") else normalise_path(text)


def _normalise(text: str) -> str:
    path = _END.split(text, maxsplit=1)[0]
    if "%" in path:
        path = _ESCAPES.sub(_decode, path)
    if not path.isascii():
        path = normalize("NFC", path)
    if not path.startswith("/"):
        path = "/" + path
    return path[:MAX_LENGTH]


_cached: Final = lru_cache(maxsize=10_000)(_normalise)


def _decode(escapes: re.Match[str]) -> str:
    """A run of escapes, as far as it may be read."""
    # Bytes that are no UTF-8 come out as lone surrogates, one for each byte.
    decoded = bytes.fromhex(escapes[0].replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join(
        "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))
        if character in _STAY or category(character) in {"Cc", "Cs"}
        else character
        for character in decoded
    )
