"""A badge: how many visitors a site had within a day, as an image."""

from __future__ import annotations

from typing import Final

#: Widths (px) of a character of each half, and of the blanks around its text. All digits are of one width.
_CHARACTER: Final = 7
_BLANKS: Final = 10
_LABEL: Final = "visitors 24h"


def badge(visitors: int) -> str:
    """Return the SVG."""
    value = f"{visitors:,}"
    left, right = (len(text) * _CHARACTER + _BLANKS for text in (_LABEL, value))
    whole = left + right
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img"'
        f' aria-label="{_LABEL}: {value}"><title>{_LABEL}: {value}</title>'
        f'<clipPath id="r"><rect width="{whole}" height="20" rx="3"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{left}" height="20" fill="#555"/><rect x="{left}" width="{right}" height="20" fill="#0a6"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,sans-serif" font-size="11">'
        f'<text x="{left / 2}" y="14">{_LABEL}</text><text x="{left + right / 2}" y="14">{value}</text></g></svg>'
    )
