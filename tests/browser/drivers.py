"""What a test needs of a browser that a person sits at."""

from __future__ import annotations

import shutil
from typing import Any, Protocol

from tests.services import require


class Tab(Protocol):
    """A tab in front of everything, its document visible and focused as a person's would be."""

    async def open(self, url: str) -> None:
        """Follow an address and wait until the page has loaded."""
        ...

    async def run(self, expression: str) -> Any:  # noqa: ANN401 - whatever the page answers, as JSON
        """The value of an expression in the page, awaited if it is a promise."""
        ...

    async def click(self, selector: str) -> None:
        """Click the middle of an element with the left button."""
        ...

    async def scroll(self, pixels: int) -> None:
        """Turn the wheel over the page."""
        ...

    async def cover(self) -> None:
        """Open a new tab in front of this one, which is hidden by it."""
        ...

    async def uncover(self) -> None:
        """Close what covers the tab, which is shown again."""
        ...


class Browser(Protocol):
    """A running browser."""

    async def tab(self) -> Tab:
        """A new tab, in front."""
        ...

    async def clear(self) -> None:
        """Close every tab that was opened."""
        ...


def installed(program: str) -> str:
    """The path of a browser; without it the test is skipped, or fails where nothing may be missing."""
    found = shutil.which(program)
    if found is None:
        require(f"no {program} on the PATH: install Debian's package {program}")
    return found
