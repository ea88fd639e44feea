"""What the document says of the routes of websites."""

from __future__ import annotations

from typing import Any, Final

from api.dialects.tinytrail.documents import sent, shapes
from api.dialects.tinytrail.documents.operation import Access, Operation, Tag
from core.drops import MEANINGS, DropReason
from tracker.snippet import snippet

_WEBSITE: Final = {
    "id": sent.SITE,
    "accountId": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "domain": "example.com",
    "contentGroups": [{"name": "Blog", "pattern": "/blog/*"}],
    "excludedIps": ["203.0.113.0/24"],
    "createdAt": "2026-01-15T10:30:00.000Z",
}
_EXTENSION: Final = "An extension: the API's own text does not have it."
_SETTINGS: Final = {
    "allowedHosts": [],
    "excludedPaths": ["/admin/*"],
    "excludedCountries": [],
    "honourGpc": True,
    "honourDnt": True,
    "keepIps": False,
    "uniqueHits": True,
    "uptime": False,
    "uptimeUrl": "",
    "content": False,
    "contentUrl": "",
    "insights": True,
    "timeZone": "UTC",
    "weekStart": "monday",
    "fileRetentionDays": None,
    "rollupRetentionDays": None,
}


def _success(data: object) -> dict[str, Any]:
    return {"status": "success", "data": data}


#: By method and path.
WEBSITES: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/api/v1/websites"): Operation(
        id="listWebsites",
        tag=Tag.WEBSITES,
        summary="List websites",
        description="Those of the own account; an admin sees all.",
        access=Access.USER,
        answer=shapes.Success[list[shapes.Website]],
        example=_success([_WEBSITE]),
    ),
    ("POST", "/api/v1/websites"): Operation(
        id="createWebsite",
        tag=Tag.WEBSITES,
        summary="Make a website",
        access=Access.USER,
        body=sent.NewWebsite,
        body_example={"domain": "example.com", "content_groups": [{"name": "Blog", "pattern": "/blog/*"}]},
        status=201,
        answer=shapes.Success[shapes.Website],
        example=_success(_WEBSITE),
        errors=(400, 413),
    ),
    ("PATCH", "/api/v1/websites/{id}"): Operation(
        id="updateWebsite",
        tag=Tag.WEBSITES,
        summary="Change a website",
        access=Access.USER,
        of="the website",
        body=sent.WebsitePatch,
        body_example={"excluded_ips": ["203.0.113.0/24"]},
        answer=shapes.Success[shapes.Website],
        example=_success(_WEBSITE),
        errors=(400, 404, 413),
    ),
    ("DELETE", "/api/v1/websites/{id}"): Operation(
        id="deleteWebsite",
        tag=Tag.WEBSITES,
        summary="Delete a website and all of its data",
        access=Access.USER,
        of="the website",
        meaning="The website that is gone.",
        answer=shapes.Success[shapes.Website],
        example=_success(_WEBSITE),
        errors=(400, 404),
    ),
    ("GET", "/api/v1/websites/{id}/settings"): Operation(
        id="showSettings",
        tag=Tag.WEBSITES,
        summary="Show the settings of a website",
        description=_EXTENSION,
        access=Access.USER,
        of="the website",
        answer=shapes.Success[shapes.Settings],
        example=_success(_SETTINGS),
        errors=(400, 404),
    ),
    ("PATCH", "/api/v1/websites/{id}/settings"): Operation(
        id="updateSettings",
        tag=Tag.WEBSITES,
        summary="Change settings of a website",
        description=f"{_EXTENSION} What is not sent stays. A field is sent as `time_zone` and shown as `timeZone`, as a"
        " website's are. Collectors know within seconds. Another time zone holds for the past too, in every report at"
        " once.",
        access=Access.USER,
        of="the website",
        body=sent.SettingsPatch,
        body_example={"excluded_paths": ["/admin/*"], "time_zone": "Europe/Berlin"},
        answer=shapes.Success[shapes.Settings],
        example=_success(_SETTINGS | {"timeZone": "Europe/Berlin"}),
        errors=(400, 404, 413),
    ),
    ("GET", "/api/v1/websites/{id}/snippet"): Operation(
        id="snippet",
        tag=Tag.WEBSITES,
        summary="Show what to paste into a website's pages",
        description=f"{_EXTENSION} One of the two script tags is enough.",
        access=Access.USER,
        query=sent.SnippetQuery,
        of="the website",
        answer=shapes.Success[shapes.Snippet],
        example=_success(snippet(sent.SITE, "https://stats.example.com")._asdict()),
        errors=(400, 404),
    ),
    ("GET", "/api/v1/websites/{id}/drops"): Operation(
        id="drops",
        tag=Tag.WEBSITES,
        summary="Show what of a website was not counted, and why",
        description=f"{_EXTENSION} Events that collectors dropped, by UTC day and reason, of a day the most first;"
        " written every few seconds. A count is all that is kept of them. What cannot be tied to a website is not here:"
        " `footfall_events_dropped_total` has it.",
        access=Access.USER,
        query=sent.PeriodQuery,
        of="the website",
        answer=shapes.Success[shapes.Drops],
        example=_success(
            {
                "period": {"start": "2026-02-23", "end": "2026-03-01"},
                "rows": [
                    {"date": "2026-02-24", "reason": "gpc", "count": 12},
                    {"date": "2026-02-24", "reason": "other_host", "count": 3},
                    {"date": "2026-02-27", "reason": "gpc", "count": 8},
                ],
                "totals": [
                    {"reason": reason.value, "count": count, "meaning": MEANINGS[reason]}
                    for reason, count in ((DropReason.GLOBAL_PRIVACY_CONTROL, 20), (DropReason.OTHER_HOST, 3))
                ],
            }
        ),
        media={"text/csv": "date,reason,count\r\n2026-02-24,gpc,12\r\n"},
        errors=(400, 404),
    ),
}
