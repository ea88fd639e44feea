"""`GET /api/v1/sites/:id/hits`: single hits, or what they are counted by."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotations when it runs

from api.dialects.tinylytics import wire
from api.dialects.tinylytics.access import Reader  # noqa: TC001 - same
from api.dialects.tinylytics.answers import answered
from api.dialects.tinylytics.filters import GroupBy, hit_filters
from api.dialects.tinylytics.paging import MOST, USUAL, paging
from core.hits import HitColumn, HitQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregations.hits import HitGroup
    from aggregations.reports import Reports
    from api.dialects.tinylytics.asked import Asking

_COLUMNS: Final[Mapping[GroupBy, HitColumn]] = MappingProxyType(
    {
        GroupBy.PATH: HitColumn.PATH,
        GroupBy.COUNTRY: HitColumn.COUNTRY,
        GroupBy.REFERRER: HitColumn.REFERRER,
        GroupBy.BROWSER_NAME: HitColumn.BROWSER,
        GroupBy.PLATFORM_NAME: HitColumn.OS,
    }
)
_SHOWN: Final[Mapping[GroupBy, Callable[[str], str | None]]] = MappingProxyType(
    {GroupBy.PATH: str, GroupBy.COUNTRY: wire.country, GroupBy.REFERRER: wire.referrer}
)


def router(reports: Reports, asking: Asking) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/v1")

    @routes.get("/sites/{site_id}/hits")
    async def list_hits(request: Request, user: Reader, site_id: str) -> Response:
        """List the hits of some days, the newest first, or their groups, the greatest first."""
        site = await asking.site(user, site_id)
        rows = paging(request.query_params, usual=USUAL, most=MOST)
        filters = hit_filters(request.query_params)
        days = await asking.days(request, user)
        query = HitQuery(
            site=site.id,
            begin=days.begin,
            end=days.end,
            path=filters.stored_path,
            country=filters.stored_country,
            referrer=filters.stored_referrer,
        )
        found: dict[str, Any]
        if filters.grouped:
            groups = await reports.hits_by(
                query,
                _COLUMNS[filters.group_by],
                limit=rows.limit,
                offset=rows.offset,
                unique=filters.group_by is GroupBy.PATH and site.unique_hits,
            )
            total = groups.total
            shown = [group(each, filters.group_by, unique=site.unique_hits) for each in groups.rows]
            found = {"grouped_hits": shown}
        else:
            hits = await reports.hits(query, limit=rows.limit, offset=rows.offset)
            total = hits.total
            found = {"hits": [wire.hit(each, site.domain) for each in hits.rows]}
        return answered(found | {"pagination": rows.shown(total), "filters": days.shown() | filters.shown()})

    return routes


def group(counted: HitGroup, by: GroupBy, *, unique: bool) -> dict[str, Any]:
    """A group as it is shown: of a path also how many saw it, where the site's owner wants that told."""
    shown = _SHOWN.get(by, _or_none)(counted.value)
    if by is not GroupBy.PATH:
        return {by.value: shown, "hit_count": counted.count}
    return {"path": shown, "views": counted.count, **({"unique_views": counted.unique} if unique else {})}


def _or_none(text: str) -> str | None:
    return text or None
