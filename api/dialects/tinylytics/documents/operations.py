"""What the document says of every route, with the examples of the API's text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.dialects.tinylytics.documents import sent, shapes, uptime_shapes
from api.dialects.tinylytics.documents.content import CONTENT
from api.dialects.tinylytics.documents.operation import Access, Operation, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

_IN_BRIEF: Final = {"id": 456, "uid": "abc123", "url": "https://example.com", "label": "My Blog"}
_SITE: Final = {
    **_IN_BRIEF,
    "lifetime_hits": 12340,
    "lifetime_unique_hits": 8920,
    "lifetime_kudos": 87,
    "active": True,
    "public": False,
    "created_at": "2025-06-01T12:00:00Z",
    "updated_at": "2026-02-14T09:30:00Z",
}
_ONE_PAGE: Final = {"current_page": 1, "per_page": 100, "total_count": 1, "total_pages": 1}
_HIT: Final = {
    "id": 789,
    "url": "https://example.com/pricing",
    "path": "/pricing",
    "referrer": "https://google.com",
    "country": "US",
    "browser_name": "Safari",
    "platform_name": "macOS",
    "is_mobile": False,
    "source": "google",
    "created_at": "2026-02-13T14:22:00Z",
}
_CREATED: Final = _HIT | {
    "referrer": None,
    "browser_name": None,
    "platform_name": None,
    "source": None,
    "unique_hash": "a1b2c3d4e5f6",
    "visitor_hash": "d4e5f6a1b2c30718",
    "created_at": "2026-02-14T10:00:00Z",
}
_KUDO: Final = {"id": 321, "uid": "pricing-kudo-1", "path": "/pricing", "created_at": "2026-02-10T08:15:00Z"}
_WRONG: Final = {"status": "error", "errors": ["Path can't be blank"]}
_IGNORED: Final = {"status": "ignored", "reason": "Path matches ignore rule"}
_REFUSED: Final = (shapes.Wrong, "It is none.", _WRONG)
_UNWANTED: Final = (shapes.Ignored, "The site's owner does not want it.", _IGNORED)
_ONE_DAY: Final = {"start_date": "2026-02-13", "end_date": "2026-02-13", "time_zone": "user"}
_NO_FILTERS: Final = {"country": None, "path": None, "referrer": None}

#: By method and path, the latter seen from `/api/v1`.
OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = {
    ("GET", "/"): Operation(
        id="discover",
        tag=Tag.DISCOVERY,
        summary="Tell what the API is",
        description="The same without the slash at the end.",
        access=Access.ANYBODY,
        answer=shapes.Discovery,
        example={
            "name": "Tinylytics API",
            "version": "v1",
            "server": "Footfall 0.1.0",
            "base_url": "https://stats.example.com/api/v1",
            "openapi_url": "https://stats.example.com/api/v1/openapi.json",
            "authentication": {"type": "bearer", "header": "Authorization: Bearer tly-ro-... or tly-fa-..."},
            "rate_limit": {"requests": 1000, "per_seconds": 3600},
            "endpoints": [{"method": "GET", "path": "/me", "access": "any key", "description": "Tell whose key it is"}],
        },
    ),
    ("GET", "/openapi.json"): Operation(
        id="openapi",
        tag=Tag.DISCOVERY,
        summary="Show this document",
        access=Access.ANYBODY,
        answer=shapes.Document,
        example={"openapi": "3.1.0"},
    ),
    ("GET", "/me"): Operation(
        id="showMe",
        tag=Tag.SITES,
        summary="Tell whose key it is",
        answer=shapes.Me,
        example={
            "id": 123,
            "email": "me@example.com",
            "is_subscribed": True,
            "created_at": "2025-06-01T12:00:00Z",
            "api_key": {
                "name": "CLI integration",
                "access_type": "read_only",
                "last_used_at": "2026-02-12T10:00:00Z",
            },
        },
    ),
    ("GET", "/sites"): Operation(
        id="listSites",
        tag=Tag.SITES,
        summary="List the sites",
        answer=shapes.Sites,
        example={"sites": [_SITE]},
    ),
    ("GET", "/sites/{site_id}"): Operation(
        id="showSite", tag=Tag.SITES, summary="Show a site", of_site=True, answer=shapes.Site, example=_SITE
    ),
    ("GET", "/sites/{site_id}/hits"): Operation(
        id="listHits",
        tag=Tag.HITS,
        summary="List or count hits",
        description="Single hits, the newest first; with `grouped=true` what they are counted by, the greatest first."
        " By path they are `views`, with `unique_views` where the site has that on, else `hit_count`.",
        of_site=True,
        query=sent.HitsQuery,
        answer=shapes.Hits | shapes.GroupedHits,
        example={
            "hits": [_HIT],
            "pagination": _ONE_PAGE,
            "filters": {**_ONE_DAY, **_NO_FILTERS, "grouped": False},
        },
        errors=(400,),
    ),
    ("POST", "/sites/{site_id}/hits"): Operation(
        id="createHit",
        tag=Tag.HITS,
        summary="Take a hit in",
        description="The country is the one that is sent, else the one that the address is in, else XX. Without"
        " `visitor_id`, `ip_address` and `user_agent` the hit is no visitor's and in no journey.",
        access=Access.WRITER,
        of_site=True,
        body=sent.HitBody,
        body_example={"path": "/pricing", "ip_address": "8.8.8.8", "visitor_id": "user-123"},
        status=201,
        answer=shapes.HitCreated,
        example={"status": "created", "hit": _CREATED},
        others={202: _UNWANTED, 422: _REFUSED},
        errors=(408, 413),
    ),
    ("POST", "/sites/{site_id}/hits/batch"): Operation(
        id="createHits",
        tag=Tag.HITS,
        summary="Take many hits in",
        description="Up to 1000 at once. A bad one costs nobody but itself.",
        access=Access.WRITER,
        of_site=True,
        body=sent.HitsBody,
        body_example=[
            {"path": "/valid", "country": "PL"},
            {"path": "/from-ip", "ip_address": "8.8.8.8"},
            {"path": "/fallback-xx", "ip_address": "999.999.999.999"},
        ],
        answer=shapes.Batch,
        example={
            "created_count": 3,
            "ignored_count": 0,
            "error_count": 0,
            "results": [{"index": index, "status": "created"} for index in range(3)],
        },
        others={422: (shapes.Wrong, "It is no array, or too long.", _WRONG)},
        errors=(408, 413),
    ),
    ("GET", "/sites/{site_id}/kudos"): Operation(
        id="listKudos",
        tag=Tag.KUDOS,
        summary="List kudos",
        description="The newest first.",
        of_site=True,
        query=sent.KudosQuery,
        answer=shapes.Kudos,
        example={
            "kudos": [_KUDO],
            "pagination": _ONE_PAGE,
            "filters": {
                "start_date": "2026-02-01",
                "end_date": "2026-02-14",
                "time_zone": "utc",
                "path": None,
                "uid": None,
            },
        },
        errors=(400,),
    ),
    ("POST", "/sites/{site_id}/kudos"): Operation(
        id="createKudo",
        tag=Tag.KUDOS,
        summary="Give a page a kudo",
        access=Access.WRITER,
        of_site=True,
        body=sent.KudoBody,
        body_example={"path": "/pricing", "custom_uid": "pricing-kudo-1"},
        status=201,
        answer=shapes.KudoCreated,
        example={"status": "created", "kudo": _KUDO},
        others={202: _UNWANTED, 422: _REFUSED},
        errors=(413,),
    ),
    ("DELETE", "/sites/{site_id}/kudos/{kudo_uid}"): Operation(
        id="deleteKudo",
        tag=Tag.KUDOS,
        summary="Take a kudo back",
        access=Access.WRITER,
        of_site=True,
        of_kudo=True,
        answer=shapes.KudoDeleted,
        example={"status": "deleted", "uid": "pricing-kudo-1"},
    ),
    ("GET", "/sites/{site_id}/leaderboard"): Operation(
        id="showLeaderboard",
        tag=Tag.ANALYTICS,
        summary="List the pages of all time",
        description="The most seen first. The answer is of now; it may be kept for as long as `cache_info` says.",
        of_site=True,
        query=sent.LeaderboardQuery,
        answer=shapes.Leaderboard,
        example={
            "leaderboard": [{"path": "/blog/hello-world", "total_hits": 540, "unique_hits": 320, "percentage": 12.5}],
            "site": _IN_BRIEF,
            "pagination": _ONE_PAGE,
            "cache_info": {"cached_at": "2026-02-14T09:00:00Z", "expires_at": "2026-02-14T10:00:00Z"},
            "filters": {"path": "blog"},
        },
        errors=(400,),
    ),
    ("GET", "/sites/{site_id}/user_journeys"): Operation(
        id="listJourneys",
        tag=Tag.ANALYTICS,
        summary="List the journeys of visitors",
        description="A journey is what a visitor of a UTC day saw, of the days that are asked for; the newest first.",
        of_site=True,
        query=sent.JourneysQuery,
        answer=shapes.Journeys,
        example={
            "user_journeys": [
                {
                    "visitor_hash": "0718d4e5f6a1b2c3",
                    "page_count": 4,
                    "first_hit": "2026-01-15T10:00:00Z",
                    "last_hit": "2026-01-15T10:12:00Z",
                    "duration_minutes": 12,
                    "pages": [{"path": "/"}, {"path": "/blog"}, {"path": "/blog/hello-world"}, {"path": "/pricing"}],
                    "entry_page": "/",
                    "exit_page": "/pricing",
                    "session_duration": 720,
                    "referrer": "https://google.com",
                    "country": "DE",
                    "browser": "Firefox",
                }
            ],
            "summary": {
                "total_visitors": 230,
                "multi_page_visitors": 95,
                "single_page_visitors": 135,
                "bounce_rate": 58.7,
            },
            "insights": {
                "top_entry_pages": [{"path": "/", "visitors": 120}, {"path": "/blog", "visitors": 45}],
                "top_exit_pages": [
                    {"path": "/pricing", "visitors": 60},
                    {"path": "/blog/hello-world", "visitors": 30},
                ],
            },
            "pagination": {"current_page": 1, "per_page": 50, "total_count": 230, "total_pages": 5},
            "filters": {"start_date": "2026-01-01", "end_date": "2026-01-31", "time_zone": "user"},
        },
        errors=(400,),
    ),
    ("GET", "/sites/{site_id}/insights"): Operation(
        id="listInsights",
        tag=Tag.ANALYTICS,
        summary="List what was remarkable",
        description="Made at 01:00 of the site's time zone about the seven days before, out of statistics; the newest"
        " first. A site that has them switched off shows those of before.",
        of_site=True,
        query=sent.InsightsQuery,
        answer=shapes.Insights,
        example={
            "insights": [
                {
                    "id": 42,
                    "insights_for_date": "2026-02-13",
                    "formatted_insights_date": "February 13, 2026",
                    "generated_at": "2026-02-14T06:00:00Z",
                    "summary": "Traffic is up 28% this week. /blog/rails has 5.2 times its usual hits.",
                    "signals": [
                        {
                            "type": "traffic_change",
                            "headline": "Traffic is up 28% this week",
                            "summary": "The site picked up 378 hits in the last 7 days, up from 296 the week before.",
                            "importance_score": 64,
                            "detected_at": "2026-02-14T06:00:00Z",
                            "window": {"started_at": "2026-02-07T05:00:00Z", "ended_at": "2026-02-14T05:00:00Z"},
                            "payload_excerpt": {
                                "direction": "increase",
                                "current_hits": 378,
                                "previous_hits": 296,
                                "absolute_change": 82,
                                "change_percentage": 27.7,
                            },
                        }
                    ],
                    "traffic_patterns": "Wednesday and Thursday were the busiest days, with 40% of the week's hits"
                    " between 18:00 and 21:00 (America/New_York).",
                    "best_content": "/ was seen most, with 150 hits (40% of all), before /blog/rails with 104.",
                    "recommendations": "See which sources and pages brought the additional hits, and do more of what"
                    " worked.",
                }
            ],
            "pagination": {"current_page": 1, "per_page": 50, "total_count": 1, "total_pages": 1},
            "site": {
                **_IN_BRIEF,
                "insights_enabled": True,
                "daily_insight_reports_active": True,
                "next_insight_job_scheduled_at": "2026-02-15T06:00:00Z",
            },
        },
        errors=(400,),
    ),
    ("GET", "/sites/{site_id}/uptime"): Operation(
        id="showUptime",
        tag=Tag.ANALYTICS,
        summary="Show whether the site is up",
        description="The monitor, the certificate and the domain, and the downtimes of the last 30 days, the newest"
        " first. 404 too where the site's owner does not have it monitored.",
        of_site=True,
        query=sent.UptimeQuery,
        answer=uptime_shapes.Uptime,
        example={
            "monitor": {
                "id": 101,
                "url": "https://example.com",
                "enabled": True,
                "is_down": False,
                "uptime": 99.95,
                "last_check_at": "2026-02-14T09:55:00Z",
                "next_check_at": "2026-02-14T10:00:00Z",
                "last_status_code": 200,
                "last_error_message": None,
                "status_description": "Up",
                "current_check_interval": 300,
                "period": "30d",
                "ssl": {
                    "expires_at": "2026-08-01T00:00:00Z",
                    "valid": True,
                    "expiring_soon": False,
                    "expired": False,
                    "days_until_expiry": 168,
                },
                "domain": {
                    "tested_at": "2026-02-14T00:00:00Z",
                    "expires_at": "2027-06-01T00:00:00Z",
                    "remaining_days": 472,
                    "source": "whois",
                    "expired": False,
                    "expiring_soon": False,
                    "days_until_expiry": 472,
                },
                "auto_paused": False,
                "created_at": "2025-06-01T12:00:00Z",
                "updated_at": "2026-02-14T09:55:00Z",
            },
            "downtimes": [
                {
                    "id": 55,
                    "error": "Connection timed out",
                    "started_at": "2026-02-10T03:00:00Z",
                    "ended_at": "2026-02-10T03:15:00Z",
                    "duration": 900,
                    "duration_in_words": "15 minutes",
                    "partial": False,
                    "ongoing": False,
                }
            ],
            "pagination": _ONE_PAGE,
            "summary": {"total_downtimes": 3, "ongoing_downtimes": 0, "recent_downtimes_30_days": 1},
        },
        errors=(400,),
    ),
    **CONTENT,
}
