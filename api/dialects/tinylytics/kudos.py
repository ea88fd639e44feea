"""Kudos: `GET` and `POST /api/v1/sites/:id/kudos`, `DELETE /api/v1/sites/:id/kudos/:kudo_uid`."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotations when it runs

from api.dialects.tinylytics import answers, filters, wire
from api.dialects.tinylytics.access import Reader, Writer  # noqa: TC001 - same
from api.dialects.tinylytics.answers import answered
from api.dialects.tinylytics.bodies import Wrong, read_kudo
from api.dialects.tinylytics.paging import MOST, USUAL, paging
from core.errors import NotFound
from core.paths import normalise_path
from core.text import is_clean
from storage import kudos

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from api.dialects.parts import Parts
    from api.dialects.tinylytics.asked import Asking
    from api.dialects.tinylytics.paging import Paging
    from api.dialects.tinylytics.ranges import Range
    from core.clock import Clock
    from core.sites import Site
    from storage.kudos import Kudo, Page

_ABSENT: Final = "Kudo not found"
_TAKEN: Final = "Uid has already been taken"
#: What is said where a path is among those that the site's owner excludes.
IGNORED_PATH: Final = "Path matches ignore rule"
#: Of an uid that is made up.
_UID_BYTES: Final = 8


def router(parts: Parts, asking: Asking) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/v1/sites/{site_id}/kudos")
    own = _Kudos(parts.pool, parts.clock)

    @routes.get("")
    async def list_kudos(request: Request, user: Reader, site_id: str) -> Response:
        """List the kudos of some days, the newest first."""
        site = await asking.site(user, site_id)
        rows = paging(request.query_params, usual=USUAL, most=MOST)
        path, uid = (filters.text(request.query_params, name) for name in ("path", "uid"))
        days = await asking.days(request, user)
        page = await run_in_threadpool(own.page, site, days, path=path, uid=uid, rows=rows)
        return answered(
            {
                "kudos": [wire.kudo(each) for each in page.rows],
                "pagination": rows.shown(page.total),
                "filters": days.shown() | {"path": path, "uid": uid},
            }
        )

    @routes.post("")
    async def create_kudo(request: Request, user: Writer, site_id: str) -> Response:
        """Give a page a kudo."""
        site = await asking.site(user, site_id)
        sent = read_kudo(await request.body())
        if isinstance(sent, Wrong):
            return answered(answers.wrong(sent.errors), 422)
        path = normalise_path(sent.path)
        if any(glob.matches(path) for glob in site.path_globs):
            return answered(answers.ignored(IGNORED_PATH), 202)
        kudo = await run_in_threadpool(own.insert, site, sent.uid or token_hex(_UID_BYTES), path)
        if kudo is None:
            return answered(answers.wrong([_TAKEN]), 422)
        return answered(answers.created(kudo=wire.kudo(kudo)), 201)

    # An uid that a site's owner chose may hold a slash.
    @routes.delete("/{kudo_uid:path}")
    async def delete_kudo(user: Writer, site_id: str, kudo_uid: str) -> Response:
        """Take a kudo back."""
        site = await asking.site(user, site_id)
        if not is_clean(kudo_uid) or not await run_in_threadpool(own.remove, site, kudo_uid):
            raise NotFound(_ABSENT)
        return answered({"status": "deleted", "uid": kudo_uid})

    return routes


class _Kudos:
    """Kudos in the store; all of it blocks."""

    def __init__(self, pool: ConnectionPool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    def page(self, site: Site, days: Range, *, path: str | None, uid: str | None, rows: Paging) -> Page:
        with self._pool.connection() as connection:
            return kudos.page(
                connection,
                site=site.id,
                begin=days.begin,
                end=days.end,
                path=None if path is None else normalise_path(path),
                uid=uid,
                limit=rows.limit,
                offset=rows.offset,
            )

    def insert(self, site: Site, uid: str, path: str) -> Kudo | None:
        with self._pool.connection() as connection:
            return kudos.insert(connection, site=site.id, uid=uid, path=path, now=self._clock.now_ms())

    def remove(self, site: Site, uid: str) -> bool:
        with self._pool.connection() as connection:
            return kudos.remove(connection, site=site.id, uid=uid)
