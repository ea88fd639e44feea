"""Who is on a site: where each visitor is, and what brought them there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from core.events import EventType
from core.realtime import LiveList

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.events import Event
    from core.realtime import Sight

_NEVER: Final = (0, 0)


class _Person(NamedTuple):
    """The last that is known of a visitor, whatever order it came in. Of each, first ts and event id: later is more."""

    seen: tuple[tuple[int, int], str, str, str]  #: path, country and device of the last event
    viewed: tuple[tuple[int, int], str]  #: path of the last view
    brought: tuple[tuple[int, int], str]  #: host of the last source


class People:
    """The visitors of one site's window, by hash."""

    __slots__ = ("_people",)

    def __init__(self) -> None:
        self._people: dict[int, _Person] = {}

    def __len__(self) -> int:
        return len(self._people)

    def add(self, event: Event | Sight) -> None:
        """Learn from an event that has a visitor."""
        order = (event.ts, event.event_id)
        person = _Person(
            (order, event.path, event.country, event.device),
            (order, event.path) if event.type == EventType.PAGE_VIEW else (_NEVER, ""),
            (order, event.referrer_host) if event.referrer_host else (_NEVER, ""),
        )
        known = self._people.get(event.visitor)
        self._people[event.visitor] = person if known is None else _together(known, person)

    def remove(self, visitor: int) -> None:
        """Forget a visitor who has left the window."""
        del self._people[visitor]

    def lists(self, anchors: Mapping[int, int], *, here: int, since: int) -> dict[LiveList, Counter[str]]:
        """Count those who are here.

        Args:
            anchors: who is known by another hash, by the one they have.
            here: whoever was seen later than this (ms) is.
            since: views and sources up to then (ms) have left the window.
        """
        people = [
            (viewed[1] if viewed[0][0] > since else seen[1], brought[1] if brought[0][0] > since else "", *seen[2:])
            for seen, viewed, brought in (self._by_anchor(anchors) if anchors else self._people.values())
            if seen[0][0] > here
        ]
        columns = zip(*people, strict=True) if people else ((), (), (), ())
        names = (LiveList.PAGES, LiveList.SOURCES, LiveList.COUNTRIES, LiveList.DEVICES)
        return {name: Counter(column) for name, column in zip(names, columns, strict=True)}

    def _by_anchor(self, anchors: Mapping[int, int]) -> Iterable[_Person]:
        people: dict[int, _Person] = {}
        for visitor, person in self._people.items():
            anchor = anchors.get(visitor, visitor)
            known = people.get(anchor)
            people[anchor] = person if known is None else _together(known, person)
        return people.values()


def _together(one: _Person, other: _Person) -> _Person:
    return _Person(max(one.seen, other.seen), max(one.viewed, other.viewed), max(one.brought, other.brought))
