"""Patterns of paths, and the content groups made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.sites import ContentGroup


class Glob:
    """A pattern in which `*` is any run of characters, `/` and none included; nothing else is special.

    It must match the whole text, case matters. Matching takes the leftmost place for each piece between two stars and
    never goes back, so no pattern can make it slow.
    """

    __slots__ = ("_head", "_middle", "_star", "_tail", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._head, self._star, rest = pattern.partition("*")
        *middle, self._tail = rest.split("*")
        self._middle = tuple(filter(None, middle))

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` fits the pattern."""
        if not self._star:
            return text == self._head
        if not (text.startswith(self._head) and text.endswith(self._tail)):
            return False
        position, end = len(self._head), len(text) - len(self._tail)
        for piece in self._middle:
            found = text.find(piece, position, end)
            if found < 0:
                return False
            position = found + len(piece)
        return position <= end


class _Group(NamedTuple):
    name: str
    glob: Glob


class PathGroups:
    """A site's content groups: a path belongs to the first whose pattern fits. Applied when read, never stored."""

    __slots__ = ("_groups",)

    def __init__(self, groups: Iterable[ContentGroup]) -> None:
        self._groups = tuple(_Group(name, Glob(pattern)) for name, pattern in groups)

    def __iter__(self) -> Iterator[tuple[str, Glob]]:
        """Yield name and pattern of each, the first that counts first."""
        return iter(self._groups)

    def name_of(self, path: str) -> str | None:
        """The name of the path's group, or None if it is in none."""
        return next((group.name for group in self._groups if group.glob.matches(path)), None)
