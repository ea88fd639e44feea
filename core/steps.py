"""Steps: what a visit can do, as funnels put them in order and goals name one of them."""

from __future__ import annotations

from typing import NamedTuple

from core.filters import Choice
from core.paths import normalise_path


class Step(NamedTuple):
    """A view of a page, or an event.

    `text` is how reports name it. `page` is the path, or the pattern of paths, of a view; None for an event, which the
    text names: by its own name or by its type.
    """

    text: str
    page: Choice | None = None


def parse_step(text: str) -> Step:
    r"""Return the step that a text means.

    What begins with a slash is a page, in the form in which paths are stored; a `*` in it is any run of characters, as
    in a `Glob`. A backslash in front of the slash takes the rest as it stands. Anything else is an event.
    """
    if text.startswith("\\/"):
        path = normalise_path(text[1:])
        return Step(path, Choice(path))
    if text.startswith("/"):
        path = normalise_path(text)
        return Step(path, Choice(path, glob="*" in path))
    return Step(text)
