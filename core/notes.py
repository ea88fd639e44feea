"""Notes: what an owner says of a day of the site."""

from __future__ import annotations

from typing import Final

from core.text import short_text

#: Of one site.
MAX_NOTES: Final = 1_000
#: Characters: what fits beside a line in a chart.
MAX_TITLE: Final = 60


def check_title(text: str) -> str:
    """Return the title without surrounding blanks.

    Raises:
        InvalidInput: it is empty, too long or cannot be stored.
    """
    return short_text(text, "title", most=MAX_TITLE)
