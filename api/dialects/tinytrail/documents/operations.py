"""Every route of the API with what the document says of it, and with the examples of the API's text."""

from __future__ import annotations

from typing import Any, Final, Literal

from api.dialects.tinytrail.documents import sent, shapes
from api.dialects.tinytrail.documents.content import CONTENT
from api.dialects.tinytrail.documents.definitions import DEFINITIONS
from api.dialects.tinytrail.documents.notes import NOTES
from api.dialects.tinytrail.documents.operation import Access, Operation, Tag
from api.dialects.tinytrail.documents.recipients import RECIPIENTS
from api.dialects.tinytrail.documents.reports import REPORTS
from api.dialects.tinytrail.documents.websites import WEBSITES
from tracker.builds import NAMES

_ID: Final = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
_MADE: Final = "2026-01-15T10:30:00.000Z"
_ACCOUNT: Final = {"id": _ID, "name": "Acme Corp", "createdAt": _MADE}
_USER: Final = {"id": sent.SITE, "accountId": _ID, "email": "user@example.com", "role": "user", "createdAt": _MADE}
_EVENT: Final = {
    "website_id": sent.SITE,
    "event_type": "page_view",
    "url": "https://example.com/blog/post-1?utm_source=twitter",
    "path": "/blog/post-1",
    "referrer": "https://t.co/abc123",
    "screen_width": 1920,
    "screen_height": 1080,
}


def _success(data: object) -> dict[str, Any]:
    return {"status": "success", "data": data}


_EVENTS: Final = {
    ("OPTIONS", "/api/v1/collect"): Operation(
        id="collectPreflight",
        tag=Tag.EVENTS,
        summary="Answer a browser's preflight",
        status=204,
        meaning="Any origin may send events.",
    ),
    ("POST", "/api/v1/collect"): Operation(
        id="collect",
        tag=Tag.EVENTS,
        summary="Take events in",
        description="One event, or an array of at most 32. Answered when they are durable. Limited per address (10 "
        "requests in 10 s unless set otherwise) by each collector process for itself.",
        body=sent.EventBody | sent.Events,
        body_example=_EVENT,
        status=202,
        meaning="At least one event was stored as a human's.",
        answer=shapes.Accepted,
        example={"status": "accepted"},
        others={204: {"description": "Nothing was wrong; it was a bot, excluded traffic or an unknown website."}},
        errors=(400, 408, 413, 429, 503),
    ),
    ("GET", "/api/v1/pixel.gif"): Operation(
        id="pixel",
        tag=Tag.EVENTS,
        summary="Count a view of a page that runs no script",
        description="An image for a page's `<noscript>`. The page's address is the `Referer`, of which most pages send "
        "the origin only: `path` tells the path. Shares the limit of collect. An extension.",
        query=sent.PixelQuery,
        meaning="A transparent pixel, whether or not the view counts.",
        media={"image/gif": "GIF89a…"},
        errors=(429, 503),
    ),
    ("HEAD", "/api/v1/pixel.gif"): Operation(
        id="pixelHead",
        tag=Tag.EVENTS,
        summary="Count nothing",
        query=sent.PixelQuery,
        meaning="The headers of the pixel.",
    ),
}

_KEEPING: Final = {
    ("GET", "/api/v1/accounts"): Operation(
        id="listAccounts",
        tag=Tag.ACCOUNTS,
        summary="List all accounts",
        access=Access.ADMIN,
        answer=shapes.Success[list[shapes.Account]],
        example=_success([_ACCOUNT]),
    ),
    ("POST", "/api/v1/accounts"): Operation(
        id="createAccount",
        tag=Tag.ACCOUNTS,
        summary="Make an account",
        access=Access.ADMIN,
        body=sent.AccountBody,
        body_example={"name": "Acme Corp"},
        status=201,
        answer=shapes.Success[shapes.Account],
        example=_success(_ACCOUNT),
        errors=(400, 413),
    ),
    ("DELETE", "/api/v1/accounts/{id}"): Operation(
        id="deleteAccount",
        tag=Tag.ACCOUNTS,
        summary="Delete an account and all of its data",
        access=Access.ADMIN,
        of="the account",
        meaning="The account that is gone.",
        answer=shapes.Success[shapes.Account],
        example=_success(_ACCOUNT),
        errors=(400, 404),
    ),
    ("GET", "/api/v1/users"): Operation(
        id="listUsers",
        tag=Tag.USERS,
        summary="List all users",
        access=Access.ADMIN,
        answer=shapes.Success[list[shapes.User]],
        example=_success([_USER]),
    ),
    ("POST", "/api/v1/users"): Operation(
        id="createUser",
        tag=Tag.USERS,
        summary="Make a user with a key",
        access=Access.ADMIN,
        body=sent.UserBody,
        body_example={"account_id": _ID, "role": "user", "email": "user@example.com"},
        status=201,
        answer=shapes.Success[shapes.NewUser],
        example=_success(_USER | {"apiKey": "tt_abc123"}),
        errors=(400, 413),
    ),
    ("GET", "/api/v1/users/{id}/api-key"): Operation(
        id="showKey",
        tag=Tag.USERS,
        summary="Show a user's key",
        access=Access.ADMIN,
        of="the user",
        answer=shapes.Success[shapes.UserKey],
        example=_success({"id": sent.SITE, "apiKey": "tt_abc123"}),
        errors=(400, 404),
    ),
    ("DELETE", "/api/v1/users/{id}"): Operation(
        id="deleteUser",
        tag=Tag.USERS,
        summary="Delete a user and the key",
        access=Access.ADMIN,
        of="the user",
        meaning="The user who is gone.",
        answer=shapes.Success[shapes.User],
        example=_success(_USER),
        errors=(400, 404),
    ),
    ("POST", "/api/v1/admin/aggregate"): Operation(
        id="aggregate",
        tag=Tag.ADMIN,
        summary="Roll a day up again",
        description="Reports need not wait for this: they are right to the second without it.",
        access=Access.ADMIN,
        body=sent.AggregateBody,
        body_example={"date": "2026-03-18"},
        body_required=False,
        answer=shapes.Success[shapes.Message],
        example=_success({"message": "Aggregation completed for 2026-03-18"}),
        errors=(400, 413),
    ),
}


def _script(id_: str, summary: str) -> Operation:
    return Operation(
        id=id_,
        tag=Tag.SERVER,
        summary=summary,
        description="One of 16 builds, for a day. With the beginning of its hash before its name, "
        "`/js/0123456789ab/tracker.js`, it is kept for ever.",
        of="a build, which is its file name",
        id_type=Literal[NAMES],
        media={"application/javascript": "(()=>{ … })();"},
        others={304: {"description": "The browser has it already."}},
        errors=(404,),
    )


_SERVER: Final = {
    ("GET", "/health"): Operation(
        id="health",
        tag=Tag.SERVER,
        summary="Whether requests would be answered",
        answer=shapes.Healthy,
        example={"status": "ok", "db": "connected", "version": "0.1.0"},
        others={
            503: {
                "description": "Not now.",
                "model": shapes.Degraded,
                "content": {"application/json": {"example": {"status": "degraded", "db": "disconnected"}}},
            }
        },
    ),
    ("GET", "/health/live"): Operation(
        id="live",
        tag=Tag.SERVER,
        summary="Whether the process turns",
        description="Asks nothing that the process depends on: who restarts processes goes by it. An extension.",
        answer=shapes.Able,
        example={"status": "ok"},
    ),
    ("GET", "/health/ready"): Operation(
        id="ready",
        tag=Tag.SERVER,
        summary="Whether a request would succeed now",
        description="Load balancers go by it. An extension.",
        answer=shapes.Able,
        example={"status": "ok"},
        others={
            503: {
                "description": "Not now, and why.",
                "model": shapes.Unable,
                "content": {
                    "application/json": {
                        "example": {"status": "degraded", "reason": "the database does not answer"},
                    }
                },
            }
        },
    ),
    ("GET", "/js/{id}"): _script("tracker", "The script for websites"),
    ("HEAD", "/js/{id}"): _script("trackerHeaders", "The headers of the script"),
    ("GET", "/metrics"): Operation(
        id="metrics",
        tag=Tag.SERVER,
        summary="Our own metrics for Prometheus",
        description="Takes the key as `Authorization: Bearer` too, and in its place the token of the server's "
        "`FOOTFALL_METRICS_TOKEN`.",
        access=Access.ADMIN,
        media={"text/plain": "footfall_http_requests_in_progress 1.0\n"},
    ),
    ("GET", "/openapi.json"): Operation(
        id="openapi",
        tag=Tag.SERVER,
        summary="This document",
        answer=dict[str, Any],
        example={"openapi": "3.1.0"},
    ),
}

#: By method and path; a path's parameter is always called `id` here, a second one `item`.
OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    **_EVENTS,
    **_KEEPING,
    **WEBSITES,
    **DEFINITIONS,
    **NOTES,
    **RECIPIENTS,
    **CONTENT,
    **REPORTS,
    **_SERVER,
}
