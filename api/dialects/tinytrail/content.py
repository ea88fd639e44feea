"""`/api/v1/websites/:id/content`: what is wrong in the pages of a website. An extension of the API."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.auth import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.instants import to_the_millisecond
from api.dialects.tinytrail.access import ID, site_finder
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from api.json_body import json_body
from core.errors import InvalidInput, NotFound
from storage import content
from storage.times import millis

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.content import Issue
    from core.sites import Site

_NUMBER: Final = re.compile(r"[0-9]{1,10}")
_NONE: Final = "there is no such issue of this website"


class PauseBody(BaseModel):
    """What is sent to pause messages."""

    model_config = ConfigDict(strict=True)

    messagesPaused: bool | None = None  # noqa: N815 - as the API spells it
    messagesPausedUntil: str | None = None  # noqa: N815 - same


class IssueBody(BaseModel):
    """What is sent of an issue."""

    model_config = ConfigDict(strict=True)

    ignored: bool | None = None


_Pause = Annotated[PauseBody, Depends(json_body(PauseBody))]
_Issue = Annotated[IssueBody, Depends(json_body(IssueBody))]


def router(pool: ConnectionPool, clock: Clock) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/v1/websites/{website_id}/content")
    find_site = site_finder(pool)

    @routes.get("")
    def show_content(user: User, website_id: str) -> dict[str, Any]:
        """Show what is known, whether it is looked for or was once."""
        site = find_site(user, identifier(website_id, ID))
        with pool.connection() as connection:
            return success(_shown(connection, site, clock.now_ms()))

    @routes.patch("")
    def pause_messages(user: User, website_id: str, body: _Pause) -> dict[str, Any]:
        """Let messages pause, or no longer."""
        site = find_site(user, identifier(website_id, ID))
        now = clock.now_ms()
        paused, until = _flag(body.messagesPaused, "messagesPaused"), _until(body.messagesPausedUntil, now)
        with pool.connection() as connection:
            content.pause(connection, site.id, paused=paused, until=until)
            return success(_shown(connection, site, now))

    @routes.post("/check", status_code=202)
    def check_content(user: User, website_id: str) -> dict[str, Any]:
        """Let it be looked for now."""
        site = find_site(user, identifier(website_id, ID))
        if not site.content:
            raise InvalidInput("the content of this website is not checked: set `content` of its settings to true")
        with pool.connection() as connection:
            content.want(connection, site.id, now=clock.now_ms())
            return success(_shown(connection, site, clock.now_ms()))

    @routes.patch("/issues/{issue_id}")
    def change_issue(user: User, website_id: str, issue_id: str, body: _Issue) -> dict[str, Any]:
        """Ignore an issue, or no longer."""
        site = find_site(user, identifier(website_id, ID))
        ignored, number = _flag(body.ignored, "ignored"), _number(issue_id)
        with pool.connection() as connection:
            found = content.ignore(connection, site.id, number, ignored=ignored)
        if found is None:
            raise NotFound(_NONE)
        return success(_issue(found))

    return routes


def _shown(connection: Connection, site: Site, now: int) -> dict[str, Any]:
    status = content.status(connection, site.id, now=now)
    return {
        "enabled": site.content,
        "firstPage": site.crawled_url,
        "lastCheckAt": _time(status.checked_at),
        "lastWholeCheckAt": _time(status.ran_at),
        "nextWholeCheckAt": _time(status.due_at),
        "sawAll": status.is_whole,
        "problem": status.problem or None,
        "okCount": status.crawl_ok if status.is_initial_check else status.ok_count,
        "underWay": None
        if status.crawl is None
        else {
            "kind": status.crawl.value,
            "startedAt": _time(status.crawl_started_at),
            "checked": status.crawl_checked,
            "waiting": status.crawl_waiting,
        },
        "messagesPaused": status.emails_paused,
        "messagesPausedUntil": _time(status.emails_paused_until),
        "issues": [_issue(issue) for issue in content.issues(connection, site.id) if issue.resolved_at is None],
    }


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "id": issue.id,
        "kind": issue.kind.value,
        "url": issue.url,
        "foundOn": issue.found_on,
        "statusCode": issue.status_code,
        "message": issue.message,
        "foundAt": _time(issue.found_at),
        "checkedAt": _time(issue.checked_at),
        "ignored": issue.ignored,
    }


def _flag(given: bool | None, name: str) -> bool:  # noqa: FBT001 - it is looked at, and chooses nothing
    if given is None:
        raise InvalidInput(f"{name} must be true or false")
    return given


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise NotFound(_NONE)
    return int(text)


def _until(text: str | None, now: int) -> int | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        until = None if found.tzinfo is None else millis(found)
    except (ValueError, OverflowError):
        until = None
    if until is None:
        raise InvalidInput("messagesPausedUntil must be a time with its zone, such as 2026-12-24T00:00:00Z, or null")
    if until <= now:
        raise InvalidInput("messagesPausedUntil must be in the future, or null")
    return until


def _time(ms: int | None) -> str | None:
    return None if ms is None else to_the_millisecond(ms)
