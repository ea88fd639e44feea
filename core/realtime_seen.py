"""When things were last seen, so that they leave with that second."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_K = TypeVar("_K")


class Seen(Generic[_K]):
    """Keys, each with the second it was last seen in. The order of seconds does not matter.

    `_leaving` has each key once, in the second it was last known to be due: one that was seen again meanwhile moves on.
    """

    __slots__ = ("_leaving", "_newest", "last")

    def __init__(self) -> None:
        self.last: dict[_K, int] = {}
        self._leaving: defaultdict[int, list[_K]] = defaultdict(list)
        self._newest = 0  # no key was seen later

    def see(self, second: int, key: _K) -> bool:
        """Learn that the key was seen in a second; tell if it is new."""
        last = self.last.get(key)
        if last is None:
            self._leaving[second].append(key)
        if last is None or last < second:
            self.last[key] = second
            self._newest = max(self._newest, second)
        return last is None

    def add(self, second: int, keys: set[_K]) -> AbstractSet[_K]:
        """Learn that many keys were seen in a second; returns those that are new."""
        last = self.last
        new = keys.difference(last)
        if new:
            self._leaving[second].extend(new)
        if second >= self._newest:
            self._newest = second
        elif len(new) < len(keys):
            keys = {key for key in keys if last.get(key, 0) < second}
        last.update(dict.fromkeys(keys, second))
        return new

    def leave(self, second: int) -> list[_K]:
        """Let the second go; the ones before have gone. Returns the keys that were seen in it for the last time."""
        gone = []
        for key in self._leaving.pop(second, ()):
            last = self.last[key]
            if last > second:
                self._leaving[last].append(key)
            else:
                del self.last[key]
                gone.append(key)
        return gone
