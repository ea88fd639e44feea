"""What the document says of the report routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.dialects.tinytrail.documents import sent, shapes
from api.dialects.tinytrail.documents.operation import Access, Operation, Tag

if TYPE_CHECKING:
    from pydantic import BaseModel

_PERIOD: Final = {"start": "2026-02-23", "end": "2026-03-01"}
_LIST: Final = {"period": _PERIOD, "page": 1, "per_page": 50}
_REALTIME: Final = {
    "active_visitors": 42,
    "top_pages": [{"path": "/", "visitors": 18}, {"path": "/blog/new-post", "visitors": 12}],
    "events_by_type": [{"eventType": "page_view", "count": 87}, {"eventType": "scroll_50", "count": 34}],
}
_STREAM: Final = """\
Server-sent events: each `message` holds the data of the realtime report as JSON. The first comes at once, further ones
when something has changed, at most one a second; a comment every 15 s shows that the line is alive.

`EventSource` comes back by itself when the stream ends, after the `retry:` it was told, and sends the `id:` it saw
last; what it has seen already is not sent again. A stream ends in order when the server is stopped, when the website
is deleted or the key is revoked (within seconds), and after an hour in any case. Who comes back without a key or a
website is answered with 401 or 404, after which `EventSource` gives up.

The key is sent in `X-API-KEY` as everywhere. A browser's own `EventSource` cannot send headers: read the stream with
`fetch` and the body's reader instead, from a place where the key is no secret from whoever looks, or let your own
server, which knows its visitors, ask with the key and pass the stream on. A key is never taken from the address: those
stand in logs and histories.
"""


def _report(  # noqa: PLR0913 - a report has a name, a type and examples
    id_: str,
    summary: str,
    answer: Any,  # noqa: ANN401 - a type or several
    example: dict[str, Any],
    csv: str,
    *,
    query: type[BaseModel] = sent.GoalQuery,
    description: str = "",
) -> Operation:
    return Operation(
        id=id_,
        tag=Tag.REPORTS,
        summary=summary,
        description=description,
        access=Access.USER,
        query=query,
        filtered=True,
        answer=shapes.Success[answer],
        example={"status": "success", "data": example},
        media={"text/csv": csv},
        errors=(400, 404),
    )


#: By method and path.
REPORTS: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/api/v1/reports/summary"): _report(
        "summary",
        "High-level metrics, compared with another period if asked to",
        shapes.Summary,
        {
            "period": _PERIOD,
            "comparison": "2026-02-16 to 2026-02-22",
            "metrics": {
                "visits": {"value": 12450, "previous": 11200, "change_pct": 11.16},
                "unique_visitors": {"value": 9870, "previous": 8930, "change_pct": 10.53},
                "pageviews": {"value": 34200, "previous": 30100, "change_pct": 13.62},
                "bounce_rate": {"value": 42.3, "previous": 44.1, "change_pct": -4.08},
                "avg_session_duration_sec": {"value": 185, "previous": 172, "change_pct": 7.56},
            },
        },
        "metric,value,previous,change_pct\r\nvisits,12450,11200,11.16\r\n",
    ),
    ("GET", "/api/v1/reports/pages"): _report(
        "pages",
        "Pages, most views first",
        shapes.Pages,
        _LIST
        | {
            "rows": [
                {"path": "/blog/getting-started", "contentGroup": "Blog", "pageviews": 5420, "uniquePageviews": 3210}
            ]
        },
        "path,contentGroup,pageviews,uniquePageviews\r\n/blog/getting-started,Blog,5420,3210\r\n",
    ),
    ("GET", "/api/v1/reports/sources"): _report(
        "sources",
        "Where visits came from: channels, referring hosts or campaigns",
        shapes.Sources,
        _LIST | {"rows": [{"channel": "Organic Search", "visits": 4500}, {"channel": "Direct", "visits": 3200}]},
        "channel,visits\r\nOrganic Search,4500\r\nDirect,3200\r\n",
        query=sent.SourcesQuery,
    ),
    ("GET", "/api/v1/reports/devices"): _report(
        "devices",
        "Types of devices, browsers, systems and screens",
        shapes.Devices,
        {
            "period": _PERIOD,
            "device_types": [{"deviceType": "desktop", "visits": 8500}, {"deviceType": "mobile", "visits": 3200}],
            "browsers": [{"browserFamily": "Chrome", "visits": 6400}, {"browserFamily": "Safari", "visits": 3100}],
            "os_families": [{"osFamily": "Windows", "visits": 5200}, {"osFamily": "macOS", "visits": 3800}],
            "screen_resolutions": [{"bucket": "1025-1440", "visits": 4200}, {"bucket": "376-768", "visits": 2800}],
        },
        "deviceType,visits\r\ndesktop,8500\r\nmobile,3200\r\n",
        description="All of them, not page by page. As CSV the types of devices only.",
    ),
    ("GET", "/api/v1/reports/flow"): _report(
        "flow",
        "Pages that visits began and ended on",
        shapes.Flow,
        {
            "period": _PERIOD,
            "landing_pages": [{"path": "/", "entries": 5200}, {"path": "/blog", "entries": 2100}],
            "exit_pages": [{"path": "/pricing", "exits": 3400}, {"path": "/contact", "exits": 1800}],
        },
        "path,entries\r\n/,5200\r\n/blog,2100\r\n",
        description="Both lists come page by page. As CSV the landing pages only.",
    ),
    ("GET", "/api/v1/reports/funnel"): _report(
        "funnel",
        "How many visits took each of some steps, in their order",
        shapes.Funnel,
        {
            "period": _PERIOD,
            "funnel": [
                {"step": "/pricing", "sessions": 5000, "conversion_rate": 100},
                {"step": "/signup", "sessions": 1200, "conversion_rate": 24.0},
                {"step": "/onboarding", "sessions": 900, "conversion_rate": 75.0},
            ],
        },
        "step,sessions,conversion_rate\r\n/pricing,5000,100\r\n/signup,1200,24.0\r\n",
        description="Of the visits that began in the period, with all their events; with `content_group`, of those with"
        " a view of a page in it. Counted on the events themselves: many days of a busy website take seconds, and what"
        " takes longer than a minute is answered with 503.",
        query=sent.FunnelQuery,
    ),
    ("GET", "/api/v1/reports/journeys"): _report(
        "journeys",
        "The pages that visits saw one after the other, or what came before and after one page",
        shapes.Journeys,
        _LIST | {"rows": [{"pages": ["/", "/pricing", "/signup"], "visits": 480}, {"pages": ["/"], "visits": 390}]},
        'pages,visits\r\n"/\n/pricing\n/signup",480\r\n/,390\r\n',
        description="Of the visits that began in the period, with all their views; with `content_group`, of those with"
        " a view of a page in it. The first five pages of a visit, a page that is seen again at once only once. With"
        " `path`, what came right before and right after this page, how often: `(entry)` where the visit began with it,"
        " `(exit)` where it ended; both lists come page by page. An extension.",
        query=sent.JourneysQuery,
    ),
    ("GET", "/api/v1/reports/breakdown"): _report(
        "breakdown",
        "Pages, sources, places, devices or events, with all that is known of each",
        shapes.Breakdown,
        _LIST
        | {
            "by": "country",
            "total_rows": 2,
            "totals": {
                "unique_visitors": 9870,
                "visits": 12450,
                "pageviews": 34200,
                "bounce_rate": 42.3,
                "avg_session_duration_sec": 185,
            },
            "rows": [
                {
                    "country": "DE",
                    "unique_visitors": 5120,
                    "visits": 6410,
                    "pageviews": 18020,
                    "bounce_rate": 40.1,
                    "avg_session_duration_sec": 203,
                }
            ],
        },
        "country,unique_visitors,visits,pageviews,bounce_rate,avg_session_duration_sec\r\n"
        "DE,5120,6410,18020,40.1,203\r\n",
        description="A row's names come first: one, called as `by` is; of a campaign `utm_source`, `utm_medium` and"
        " `utm_campaign`, of a region `country` and `region`, of a city `city` too. '' is none, or not known. With"
        " `compare` each row has `previous` and `change_pct` of its first number. `content_group` is a filter on it."
        " An extension.",
        query=sent.BreakdownQuery,
    ),
    ("GET", "/api/v1/reports/realtime"): Operation(
        id="realtime",
        tag=Tag.REPORTS,
        summary="The last 30 minutes, humans only",
        access=Access.USER,
        query=sent.RealtimeQuery,
        answer=shapes.Success[shapes.Realtime],
        example={"status": "success", "data": _REALTIME},
        errors=(400, 404),
    ),
    ("GET", "/api/v1/reports/realtime/stream"): Operation(
        id="realtimeStream",
        tag=Tag.REPORTS,
        summary="The last 30 minutes as a stream of server-sent events",
        description=_STREAM,
        access=Access.USER,
        query=sent.RealtimeQuery,
        media={
            "text/event-stream": "retry: 2000\nid: 5f3a61c2\ndata: "
            '{"active_visitors":42,"top_pages":[{"path":"/","visitors":18}],'
            '"events_by_type":[{"eventType":"page_view","count":87}]}\n\n'
        },
        errors=(400, 404),
    ),
    ("GET", "/api/v1/reports/custom-events"): _report(
        "customEvents",
        "Custom events, most first",
        shapes.CustomEvents,
        _LIST | {"rows": [{"name": "signup_complete", "count": 342}, {"name": "video_play", "count": 218}]},
        "name,count\r\nsignup_complete,342\r\nvideo_play,218\r\n",
        description="Without outbound links; with `content_group`, those that happened on a page of it.",
        query=sent.CustomEventsQuery,
    ),
    ("GET", "/api/v1/reports/timeseries"): _report(
        "timeseries",
        "One metric by day, of the site or of one page",
        shapes.Timeseries,
        {
            "period": {"start": "2026-03-13", "end": "2026-03-14"},
            "metric": "pageviews",
            "path": "*",
            "series": [{"date": "2026-03-13", "value": 1200}, {"date": "2026-03-14", "value": 1350}],
        },
        "date,value\r\n2026-03-13,1200\r\n2026-03-14,1350\r\n",
        query=sent.TimeseriesQuery,
    ),
}
