"""Who is on a site: where each visitor is, and what brought them there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, TypeVar

from core.events import EventType
from core.realtime import LiveList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.events import Event
    from core.realtime import Sight

#: ts and event id, by which a later one is more; then path, country and device of the last event.
_Seen = tuple[int, int, str, str, str]
#: The same order, then the path of the last view, or the host of the last source.
_Told = tuple[int, int, str]
_NEVER: Final[_Told] = (0, 0, "")
_T = TypeVar("_T", _Seen, _Told)


class People:
    """The visitors of one site's window, by hash: plain tuples in dicts, as every event passes here."""

    __slots__ = ("_brought", "_seen", "_viewed")

    def __init__(self) -> None:
        self._seen: dict[int, _Seen] = {}
        self._viewed: dict[int, _Told] = {}
        self._brought: dict[int, _Told] = {}

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, event: Event | Sight) -> None:
        """Learn from an event that has a visitor; they may come in any order."""
        visitor, ts, id_ = event.visitor, event.ts, event.event_id
        seen = (ts, id_, event.path, event.country, event.device)
        if seen > self._seen.get(visitor, _NEVER):
            self._seen[visitor] = seen
        if event.type == EventType.PAGE_VIEW:
            viewed = (ts, id_, event.path)
            if viewed > self._viewed.get(visitor, _NEVER):
                self._viewed[visitor] = viewed
        if event.referrer_host:
            brought = (ts, id_, event.referrer_host)
            if brought > self._brought.get(visitor, _NEVER):
                self._brought[visitor] = brought

    def remove(self, visitor: int) -> None:
        """Forget a visitor who has left the window."""
        del self._seen[visitor]
        self._viewed.pop(visitor, None)
        self._brought.pop(visitor, None)

    def lists(self, anchors: Mapping[int, int], *, here: int, since: int) -> dict[LiveList, Counter[str]]:
        """Count those who are here.

        Args:
            anchors: who is known by another hash, by the one they have.
            here: whoever was seen later than this (ms) is.
            since: views and sources up to then (ms) have left the window.
        """
        seen, viewed, brought = self._seen, self._viewed, self._brought
        if anchors:
            seen, viewed, brought = (
                _by_anchor(seen, anchors),
                _by_anchor(viewed, anchors),
                _by_anchor(brought, anchors),
            )
        now = {visitor: last for visitor, last in seen.items() if last[0] > here}
        views = [viewed.get(visitor, _NEVER) for visitor in now]
        sources = [brought.get(visitor, _NEVER) for visitor in now]
        return {
            LiveList.PAGES: Counter(
                [view[2] if view[0] > since else last[2] for view, last in zip(views, now.values(), strict=True)]
            ),
            LiveList.SOURCES: Counter([source[2] if source[0] > since else "" for source in sources]),
            LiveList.COUNTRIES: Counter([last[3] for last in now.values()]),
            LiveList.DEVICES: Counter([last[4] for last in now.values()]),
        }


def _by_anchor(known: Mapping[int, _T], anchors: Mapping[int, int]) -> dict[int, _T]:
    people: dict[int, _T] = {}
    for visitor, told in known.items():
        anchor = anchors.get(visitor, visitor)
        people[anchor] = max(told, people.get(anchor, told))
    return people
