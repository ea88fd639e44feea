"""What a reducer remembers between batches. The rows in the store are the truth, so it may forget anything."""

from __future__ import annotations

from collections import OrderedDict
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from core.spans import DAY, day_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.reducer.open_session import OpenSession
    from core.reducer.rules import Key, Subject


class VisitorRecord:
    """One visitor-day as far as it was applied, enough to add events that come in order.

    `last` is the order key of its last event, floods included; `count` its counted events; `prev` the hash of the day
    before, 0 if no event carried one; `fragment` the number of its last fragment, `session` that fragment's session;
    `subjects` the number of the last fragment that saw each subject; `carried` the subjects that the session saw before
    midnight, while the first fragment lasts.
    """

    __slots__ = ("carried", "count", "fragment", "last", "prev", "session", "subjects")

    def __init__(self, prev: int) -> None:
        self.last = (0, 0)
        self.count = 0
        self.prev = prev
        self.fragment = 0
        self.session: OpenSession | None = None
        self.subjects: dict[Subject, int] = {}
        self.carried: frozenset[Subject] = frozenset()

    def session_subjects(self) -> frozenset[Subject]:
        """The subjects that the last fragment's session has seen."""
        return self.carried.union(subject for subject, number in self.subjects.items() if number == self.fragment)


class State:
    """Hot records, least recently used out first, and which visitor-days were applied today and yesterday."""

    def __init__(self, *, greatest_ts: int, capacity: int) -> None:
        self.greatest_ts = greatest_ts
        self._capacity = capacity
        self._takeover_day = day_of(greatest_ts)
        self._hot: OrderedDict[Key, VisitorRecord] = OrderedDict()
        self._seen: dict[int, set[Key]] = {}

    def __len__(self) -> int:
        return len(self._hot)

    @property
    def today(self) -> int:
        """Start of the UTC day of the greatest time stamp applied, in ms."""
        return day_of(self.greatest_ts)

    def find(self, key: Key) -> VisitorRecord | None:
        """The record of the visitor-day, if it is hot."""
        return self._hot.get(key)

    def is_provably_new(self, key: Key) -> bool:
        """Whether the store certainly holds no event of the visitor-day.

        Of a day later than the partition's takeover every visitor-day applied was seen here, for that day's events can
        only have been applied since. `key` must be of yesterday or later, for older days are no longer remembered.
        """
        return key[3] > self._takeover_day and key not in self._seen.get(key[3], ())

    def add(self, key: Key, record: VisitorRecord) -> None:
        """Makes the record hot, in place of one there may be, as the most recently used."""
        self._hot.pop(key, None)
        self._hot[key] = record

    def touch(self, key: Key) -> None:
        """Makes the hot record the most recently used."""
        self._hot.move_to_end(key)

    def forget(self, key: Key) -> None:
        """Forgets the visitor-day's record, if there is one."""
        self._hot.pop(key, None)

    def advance(self, greatest_ts: int, applied: Iterable[Key]) -> None:
        """Ends a batch: the day may turn, what was applied is remembered, what no longer fits is forgotten.

        `applied` may leave out visitor-days that were hot already.
        """
        self.greatest_ts = max(self.greatest_ts, greatest_ts)
        yesterday = self.today - DAY
        for day, keys in groupby(applied, key=itemgetter(3)):
            if day >= yesterday:
                self._seen.setdefault(day, set()).update(keys)
        for day in [day for day in self._seen if day < yesterday]:
            del self._seen[day]
        while len(self._hot) > self._capacity:
            self._hot.popitem(last=False)
