"""Notes on days: the section that lists them, and the dialog that is opened from the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi.concurrency import run_in_threadpool

from api.dashboard import guard
from api.dashboard.settings.dates import Dates
from api.dashboard.settings.forms import Checks, Said, Wrong, item_id
from api.dashboard.settings.sections import Saved, Section
from api.dashboard.state import View
from core.errors import InvalidInput, NotFound
from core.notes import MAX_NOTES, MAX_TITLE, check_day, check_title
from core.ranges import Days, date_at
from storage import notes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from api.dashboard.parts import Parts, Shown
    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking
    from core.sites import Site
    from storage.notes import Note

DELETE: Final = "delete"
_GONE: Final = "This note is not there any more."


class NotesEditor:
    """Makes, changes and deletes notes. See `Editor`."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        return await run_in_threadpool(self._values, asking, typed)

    async def save(self, asking: Asking, posted: Posted) -> Saved:
        """See `Editor`."""
        back = guard.own_path(posted.get("back", ""), "")
        verb, _, id_ = posted.get("action", "").partition(":")
        if verb == DELETE:
            await run_in_threadpool(self._delete, asking.site, item_id(id_))
            return Saved("deleted", back)
        checks = Checks()
        day = checks.field("day", "Day", lambda: check_day(posted.get("day", "")))
        title = checks.field("title", "Title", lambda: check_title(posted.get("title", "")))
        checks.done()
        which = posted.get("id", "")
        await run_in_threadpool(self._write, asking.site, item_id(which) if which else None, day, title)
        return Saved("saved", back)

    def _values(self, asking: Asking, typed: Posted | None) -> dict[str, Any]:
        with self._pool.connection() as connection:
            found = notes.of_site(connection, asking.site.id)
        edited = (typed or asking.request.query_params).get("id", "")
        note = next((note for note in found if str(note.id) == edited), None)
        if typed is not None:
            filled = {name: typed.get(name, "") for name in ("id", "day", "title", "back")}
        else:
            filled = _filled(note, day=date_at(asking.now, ZoneInfo(asking.site.time_zone)))
        return {"notes": found, "filled": filled, "most": MAX_TITLE}

    def _write(self, site: Site, id_: UUID | None, day: date, title: str) -> None:
        with self._pool.connection() as connection:
            if id_ is not None:
                written = notes.update(connection, site.id, id_, day=day, title=title)
            else:
                written = notes.insert(connection, site.id, day, title)
        if written is None and id_ is not None:
            raise NotFound(_GONE)
        if written is None:
            raise Wrong({"": f"This site has {MAX_NOTES} notes already: delete one before you write another."})

    def _delete(self, site: Site, id_: UUID) -> None:
        with self._pool.connection() as connection:
            if notes.delete(connection, site.id, id_) is None:
                raise NotFound(_GONE)


async def dialog_values(parts: Parts, shown: Shown) -> dict[str, object]:
    """What the dialog's template is given: the notes of the day that the state is about, and a form for one more."""
    zone = ZoneInfo(shown.site.time_zone)
    try:
        day = check_day(shown.state.of)
    except InvalidInput:
        day = date_at(shown.now, zone)

    def read() -> list[Note]:
        with parts.pool.connection() as connection:
            return notes.of_days(connection, shown.site.id, Days(first=day, last=day))

    return {
        "notes": await run_in_threadpool(read),
        "filled": _filled(None, day=day, back=shown.state.with_(view=View.REPORT).url(shown.viewer.base)),
        "most": MAX_TITLE,
        "errors": Said(),
        "action": f"/settings/{Section.NOTES}?{urlencode({'site': shown.state.site})}",
        "day": Dates.of(shown.site, shown.viewer.language, shown.now).day(day),
    }


def _filled(note: Note | None, *, day: date, back: str = "") -> dict[str, str]:
    if note is None:
        return {"id": "", "day": day.isoformat(), "title": "", "back": back}
    return {"id": str(note.id), "day": note.day.isoformat(), "title": note.title, "back": back}
