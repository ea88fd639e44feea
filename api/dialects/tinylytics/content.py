"""`GET /api/v1/sites/:id/content`: what was found wrong in a site's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response  # noqa: TC002 - FastAPI reads the annotations when it runs

from api.dialects.instants import to_the_second
from api.dialects.tinylytics import wire
from api.dialects.tinylytics.access import Reader  # noqa: TC001 - same
from api.dialects.tinylytics.answers import answered
from core.content import IssueKind
from storage import content

if TYPE_CHECKING:
    from api.dialects.parts import Parts
    from api.dialects.tinylytics.asked import Asking
    from core.content import Issue
    from core.sites import Site
    from storage.content import ContentStatus

_DISABLED: Final = {
    "error": "Content monitoring is not enabled for this site",
    "content_monitoring_enabled": False,
}
_ERRORS: Final = 400


class Known(NamedTuple):
    """All that is known of a site's content."""

    status: ContentStatus
    issues: list[Issue]


def router(parts: Parts, asking: Asking) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/v1")

    @routes.get("/sites/{site_id}/content")
    async def show_content(user: Reader, site_id: str) -> Response:
        """Show what was found, if the site's owner has it looked for."""
        site = await asking.site(user, site_id)
        if not site.content:
            return answered(_DISABLED, 403)
        return answered(shown(site, await run_in_threadpool(known, site)))

    def known(site: Site) -> Known:
        with parts.pool.connection() as connection:
            status = content.status(connection, site.id, now=parts.clock.now_ms())
            return Known(status, content.issues(connection, site.id))

    return routes


def shown(site: Site, known: Known) -> dict[str, Any]:
    """The answer. Links that are well are listed if they were broken lately; all others are only counted."""
    status = known.status
    found = [issue for issue in known.issues if issue.resolved_at is None]
    listed = {
        kind: [wire.issue(issue) for issue in found if issue.kind is kind and not issue.ignored] for kind in IssueKind
    }
    ignored = [wire.issue(issue) for issue in found if issue.ignored]
    broken, mixed = listed[IssueKind.BROKEN_LINK], listed[IssueKind.MIXED_CONTENT]
    checked, ok = _counts(status, sum(issue.kind is IssueKind.BROKEN_LINK for issue in found))
    return {
        "site": wire.site_in_brief(site),
        "monitoring_status": _monitoring(site, status, has_issues=bool(broken or mixed)),
        "issues": {"broken_links": broken, "mixed_content": mixed},
        "ignored_issues": ignored,
        "ok_links": [wire.issue(issue) for issue in known.issues if _is_mended(issue)],
        "stats": {
            "total_checked": checked,
            "broken_links_count": len(broken),
            "mixed_content_count": len(mixed),
            "ignored_count": len(ignored),
            "ok_count": ok,
        },
    }


def _monitoring(site: Site, status: ContentStatus, *, has_issues: bool) -> dict[str, Any]:
    until = status.emails_paused_until
    return {
        "enabled": True,
        "root_path": urlsplit(site.crawled_url).path or "/",
        "last_check_at": None if status.checked_at is None else to_the_second(status.checked_at),
        "is_initial_check": status.is_initial_check,
        "is_rechecking": status.is_rechecking,
        "has_issues": has_issues,
        "emails_paused": status.emails_paused,
        "emails_paused_until": None if until is None else to_the_second(until),
    }


def _counts(status: ContentStatus, broken: int) -> tuple[int, int]:
    """How many addresses were checked, and how many were well: in the first run, so far."""
    if status.is_initial_check:
        return status.crawl_checked, status.crawl_ok
    return status.ok_count + broken, status.ok_count


def _is_mended(issue: Issue) -> bool:
    """Whether a broken link is well again, which is more than that no page has it any more."""
    return issue.resolved_at is not None and issue.status_code is not None and issue.status_code < _ERRORS
