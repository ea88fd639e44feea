"""The step that both paths share: the next event of a visitor-day, in order, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.events import Event, Facts
from core.reducer.open_session import OpenSession
from core.reducer.rules import PASSIVE, Key, Subject, continues, joins, kind_of, subject_of
from core.reducer.state import VisitorRecord

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_NEW: Final = int(Facts.NEW)
_S1: Final = int(Facts.S1)
_D1: Final = int(Facts.D1)


def begin(key: Key, prev: int, first: int, yesterday: VisitorRecord | None) -> VisitorRecord:
    """A record for the visitor-day whose first event is at `first`, before that event is counted.

    `yesterday` is the same person's record of the day before, complete. Its last session goes on if the rule joins.
    """
    record = VisitorRecord(prev)
    session = yesterday.session if yesterday else None
    if yesterday and session and joins(session.start, session.last, first, key[3]):
        record.session = session
        record.fragment = 1
        record.carried = yesterday.session_subjects()
    return record


def count(record: VisitorRecord, event: Event) -> tuple[OpenSession, int]:
    """Adds the next event to the record; returns its session and its facts."""
    session = record.session
    if session is None or not continues(session.last, event.ts):
        session = record.session = OpenSession(event)
        record.fragment += 1
        record.carried = frozenset()
    record.count += 1
    kind = kind_of(event)
    session.add(event, kind)
    if kind is PASSIVE:
        return session, 0
    return session, see(subject_of(event, kind), record.fragment, record.subjects, record.carried)


def see(subject: Subject, fragment: int, subjects: dict[Subject, int], carried: AbstractSet[Subject]) -> int:
    """Notes that the fragment saw the subject; returns the facts of the event that did."""
    if not subjects:
        facts = _NEW | _D1 | _S1
    else:
        before = subjects.get(subject)
        if before == fragment:
            return 0
        facts = _S1 if before else _D1 | _S1
    subjects[subject] = fragment
    return facts & ~_S1 if subject in carried else facts
