"""`GET /api/v1/websites/:id/drops`: which events of a website were not counted, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.auth import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.csv import attachment
from api.dialects.tinytrail import parameters, translate
from api.dialects.tinytrail.access import ID, site_finder
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from api.dialects.tinytrail.parameters import Format
from core.ranges import date_at
from storage import drops

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from core.clock import Clock

_UTC: Final = ZoneInfo("UTC")


def router(pool: ConnectionPool, *, clock: Clock) -> APIRouter:
    """Return the route; `clock` tells what today is, on UTC, where drops are counted."""
    routes = APIRouter(prefix="/api/v1/websites")
    find_site = site_finder(pool)

    @routes.get("/{website_id}/drops")
    def show_drops(user: User, website_id: str, request: Request) -> Response:
        """What collectors dropped, by UTC day and reason."""
        uuid, given = identifier(website_id, ID), parameters.parameters(request.query_params)
        site = find_site(user, uuid)
        with pool.connection() as connection:
            days = given.days(today=date_at(clock.now_ms(), _UTC), oldest=drops.oldest(connection, site.id))
            dropped = drops.of_site(connection, site.id, days.first, days.last)
        if given.format is Format.CSV:
            table = translate.drops_table(dropped)
            return attachment(f"drops-{days.first}-{days.last}", table.columns, table.rows)
        return Response(msgspec.json.encode(success(translate.drops(days, dropped))), media_type="application/json")

    return routes
