"""What recomputed visitor-days change in the store: rows to write, to point elsewhere, to delete, and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.events import StoredEvent
from core.reducer.marks import mark_event, mark_start, mark_whole
from core.reducer.open_session import OpenSession
from core.reducer.rules import kind_of
from core.sessions import NAMING_COLUMNS, Delta, FactsChange, Session, SessionKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.reducer.recompute import Row

_NAMING = slice(Session._fields.index(NAMING_COLUMNS[0]), Session._fields.index(NAMING_COLUMNS[-1]) + 1)


def write_difference(rows: Sequence[Row], delta: Delta) -> None:
    """Writes to `delta` what must change for the store to hold `rows`, all rows of the sessions they are or were of."""
    old_of = _stored_sessions(rows)
    new: dict[SessionKey, Session] = {}
    became: set[tuple[SessionKey, SessionKey]] = set()
    for row in rows:
        key = row.session.key
        if key not in new:
            new[key] = row.session.row()
        _write_event(row, delta)
        if row.stored is not None and row.stored.session_id:
            became.add((old_of[row.stored.session_id].key, key))
    old = {session.key: session for session in old_of.values()}
    _write_sessions(old, new, delta)
    for before, after in became:
        if identity_changed(old[before], new[after]):
            pair = old[before], new[after]
            mark_whole(pair[0].site, min(row.start for row in pair), max(row.last for row in pair), delta)


def _stored_sessions(rows: Iterable[Row]) -> dict[int, Session]:
    """The session rows that the store holds, made again from the rows that point to them."""
    sessions: dict[int, OpenSession] = {}
    for row in rows:
        if row.stored is not None and row.stored.session_id:
            session = sessions.get(row.stored.session_id)
            if session is None:
                session = sessions[row.stored.session_id] = OpenSession(row.event)
            session.add(row.event, kind_of(row.event))
    return {session_id: session.row() for session_id, session in sessions.items()}


def _write_event(row: Row, delta: Delta) -> None:
    event, session_id = row.event, row.session.session_id
    if row.stored is None:
        delta.events.append(StoredEvent(event, session_id, row.facts))
    elif row.stored.session_id != session_id or row.stored.facts != row.facts:
        change = FactsChange(event.site, event.visitor, event.ts, event.event_id, session_id, row.facts)
        delta.changes.append(change)
    else:
        return
    mark_event(event.site, event.ts, delta)


def _write_sessions(old: dict[SessionKey, Session], new: dict[SessionKey, Session], delta: Delta) -> None:
    for key, session in new.items():
        if old.get(key) != session:
            delta.sessions[key] = session
            mark_start(key.site, key.start, delta)
    for key in absorbed(old, new):
        delta.removed.add(key)
        mark_start(key.site, key.start, delta)


def absorbed(old: Iterable[SessionKey], new: Iterable[SessionKey]) -> set[SessionKey]:
    """The rows that no longer stand for a session."""
    return set(old) - set(new)


def identity_changed(old: Session, new: Session) -> bool:
    """Whether sums of the session's events by session, source or device are different now in every hour of it."""
    return old.session_id != new.session_id or old.visit != new.visit or old[_NAMING] != new[_NAMING]
