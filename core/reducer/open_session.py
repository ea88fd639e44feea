"""A session while events are added to it, in order."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from core.events import Event, Kind
from core.reducer.rules import ACTION, VIEW
from core.sessions import NAMING_COLUMNS, Session, SessionKey, session_id_of

if TYPE_CHECKING:
    from collections.abc import Callable

_naming_of: Final[Callable[[Event], tuple[str, ...]]] = itemgetter(*map(Event._fields.index, NAMING_COLUMNS))

#: Cheaper than calling the class, once per session and batch.
_row: Final[Callable[[tuple[object, ...]], Session]] = partial(tuple.__new__, Session)

#: Source columns come first; a session of passive events only has none of them, but it has a device.
_SOURCE_COLUMNS: Final = NAMING_COLUMNS.index("hostname")
_NO_SOURCE: Final = ("",) * _SOURCE_COLUMNS


class OpenSession:
    """What a session row is made of. `naming` holds the `NAMING_COLUMNS`."""

    __slots__ = (
        "actions",
        "engaged_ms",
        "entry_path",
        "events",
        "exit_path",
        "key",
        "last",
        "naming",
        "session_id",
        "site",
        "start",
        "traffic",
        "views",
        "visitor",
    )

    def __init__(self, first: Event) -> None:
        self.site = first.site
        self.traffic = first.traffic
        self.visitor = first.visitor
        self.start = first.ts
        self.last = first.ts
        self.session_id = session_id_of(first.site, first.traffic, first.visitor, first.ts)
        self.key = SessionKey(first.site, first.ts, self.session_id)
        self.events = 0
        self.views = 0
        self.actions = 0
        self.entry_path = ""
        self.exit_path = ""
        self.naming: tuple[str, ...] = ()
        self.engaged_ms = 0

    def add(self, event: Event, kind: Kind) -> None:
        """Adds the next event in order; the one that opened the session is added like any other."""
        self.last = event.ts
        self.engaged_ms += event.engaged_ms
        if kind is VIEW:
            if not self.views:
                self.entry_path = event.path
                self.naming = _naming_of(event)
            self.exit_path = event.path
            self.views += 1
        elif kind is ACTION:
            if not self.views and not self.actions:
                self.naming = _naming_of(event)
            self.actions += 1
        elif not self.events:
            self.naming = _NO_SOURCE + _naming_of(event)[_SOURCE_COLUMNS:]
        self.events += 1

    @property
    def visit(self) -> bool:
        """Whether it has an active event."""
        return self.views + self.actions > 0

    def row(self) -> Session:
        """The row as it stands now."""
        return _row(
            (
                self.site,
                self.traffic,
                self.session_id,
                self.visitor,
                self.start,
                self.last,
                self.events,
                self.views,
                self.actions,
                self.views + self.actions > 0,
                self.entry_path,
                self.exit_path,
                *self.naming,
                self.engaged_ms,
            ),
        )
