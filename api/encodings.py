"""Which content codings a client takes (RFC 9110, section 12.5.3)."""

from __future__ import annotations

import re
from typing import Final

_NEVER: Final = re.compile(r"q=0(\.0*)?")


def accepts(header: str, coding: str) -> bool:
    """Whether `Accept-Encoding` takes the coding; one that is not named is not taken."""
    for offer in header.lower().split(","):
        name, *parameters = (part.strip() for part in offer.split(";"))
        if name == coding:
            return not any(_NEVER.fullmatch(parameter) for parameter in parameters)
    return False
