"""The section of content groups, with the pages that each would hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from fastapi.concurrency import run_in_threadpool

from api.dashboard.settings.forms import Wrong, told
from api.dashboard.settings.sections import Preview, Saved
from api.dashboard.settings.writing import change_site
from core.errors import InvalidInput
from core.globs import PathGroups
from core.query import Query
from core.ranges import Days, date_at
from core.sites import ContentGroup, check_content_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from psycopg_pool import ConnectionPool

    from aggregations.reports import Reports
    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking

#: Days whose pages are looked at, today included.
DAYS: Final = 30
#: Pages that are looked at, the most viewed first.
_MOST: Final = 10_000
_EXAMPLES: Final = 5
#: Rows to fill in, below those that are filled; the preview brings more.
_BLANK: Final = 1
_UP, _DOWN, _REMOVE = "up", "down", "remove"


class Matched(NamedTuple):
    """The pages of a group, or of none."""

    pages: int = 0
    views: int = 0
    examples: tuple[str, ...] = ()  #: the most viewed first


class GroupsEditor:
    """Names and patterns, in their order. See `Editor`."""

    def __init__(self, pool: ConnectionPool, reports: Reports) -> None:
        self._pool = pool
        self._reports = reports

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        rows = list(asking.site.content_groups) if typed is None else read_rows(typed)
        pages = await self._pages(asking)
        matched, others = match(rows, pages)
        blank = [ContentGroup("", "")] * _BLANK
        return {
            "count": len(rows),
            "days": DAYS,
            "rows": [*zip(rows, matched, strict=True), *((row, Matched()) for row in blank)],
            "others": others,
        }

    async def save(self, asking: Asking, posted: Posted) -> Saved | Preview:
        """See `Editor`."""
        verb, _, place = posted.get("action", "").partition(":")
        if verb:
            return Preview(Rows(rearrange(read_rows(posted), verb, place)))
        try:
            groups = check_content_groups(read_rows(posted))
        except InvalidInput as error:
            raise Wrong({"groups": told(str(error), label="Groups")}) from None
        await run_in_threadpool(change_site, self._pool, asking, {}, content_groups=groups)
        return Saved()

    async def _pages(self, asking: Asking) -> list[tuple[str, int]]:
        zone = ZoneInfo(asking.site.time_zone)
        today = date_at(asking.now, zone)
        days = Days(first=today - timedelta(days=DAYS - 1), last=today)
        found = await self._reports.pages(Query(site=asking.site.id, days=days, zone=zone), limit=_MOST)
        return [(page.path, page.views) for page in found.rows]


class Rows:
    """Rows as a form would send them."""

    def __init__(self, rows: Sequence[ContentGroup]) -> None:
        self._fields = {"name": [row.name for row in rows], "pattern": [row.pattern for row in rows]}

    def get(self, name: str, default: str = "", /) -> str:
        """See `Posted`."""
        return next(reversed(self.all(name)), default)

    def all(self, name: str, /) -> list[str]:
        """See `Posted`."""
        return self._fields.get(name, [])


def read_rows(posted: Posted) -> list[ContentGroup]:
    """Return the rows of a form, blank ones left out."""
    pairs = zip(posted.all("name"), posted.all("pattern"), strict=False)
    return [ContentGroup(name.strip(), pattern.strip()) for name, pattern in pairs if name.strip() or pattern.strip()]


def rearrange(rows: Sequence[ContentGroup], verb: str, place: str) -> list[ContentGroup]:
    """Return the rows after a button: one further up, further down, or away; the same where there is no such row."""
    index = int(place) if place.isascii() and place.isdigit() and len(place) < 5 else len(rows)
    moved = list(rows)
    if index >= len(rows):
        return moved
    row = moved.pop(index)
    if verb != _REMOVE:
        moved.insert(max(0, index + {_UP: -1, _DOWN: 1}.get(verb, 0)), row)
    return moved


def match(rows: Sequence[ContentGroup], pages: Iterable[tuple[str, int]]) -> tuple[list[Matched], Matched]:
    """Return which pages (path, views) are in each row, and which in none; a page is in the first that it fits.

    The rows may be unfinished: one without a pattern fits nothing.
    """
    # Numbers for names: two rows of one name are one group in reports, but each is shown its own pages.
    groups = PathGroups(ContentGroup(str(number), row.pattern) for number, row in enumerate(rows) if row.pattern)
    found = [Matched() for _ in rows]
    others = Matched()
    for path, views in pages:
        number = groups.name_of(path)
        if number is None:
            others = _plus(others, path, views)
        else:
            found[int(number)] = _plus(found[int(number)], path, views)
    return found, others


def _plus(matched: Matched, path: str, views: int) -> Matched:
    examples = matched.examples if len(matched.examples) == _EXAMPLES else (*matched.examples, path)
    return Matched(matched.pages + 1, matched.views + views, examples)
