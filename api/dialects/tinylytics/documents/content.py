"""What the document says of a site's content."""

from datetime import datetime
from typing import Final, Literal

from pydantic import Field

from api.dialects.tinylytics.documents.operation import Operation, Tag
from api.dialects.tinylytics.documents.shapes import Count, Path, Shape, SiteInBrief
from core.content import IssueKind


class ContentStatus(Shape):
    """How far the site's content is checked."""

    enabled: Literal[True]
    root_path: Path = Field(description="Of the page from which it is checked; what is below is read.")
    last_check_at: datetime | None
    is_initial_check: bool = Field(description="Whether the first check has not ended.")
    is_rechecking: bool = Field(description="Whether a later check is under way.")
    has_issues: bool
    emails_paused: bool
    emails_paused_until: datetime | None = Field(description="Null if they are not paused, or without an end.")


class ContentIssue(Shape):
    """Something that is wrong, or was."""

    id: int
    url: str
    status_code: int | None = Field(description="Null if there was no answer.")
    error_message: str | None = Field(description="Null if it is well again.")
    issue_type: IssueKind
    checked_at: datetime
    ignored: bool


class ContentIssues(Shape):
    """What is wrong and not ignored."""

    broken_links: list[ContentIssue]
    mixed_content: list[ContentIssue]


class ContentStats(Shape):
    """What was checked; of the first check, so far."""

    total_checked: Count
    broken_links_count: Count
    mixed_content_count: Count
    ignored_count: Count
    ok_count: Count


class Content(Shape):
    """What was found in the site's pages."""

    site: SiteInBrief
    monitoring_status: ContentStatus
    issues: ContentIssues
    ignored_issues: list[ContentIssue]
    ok_links: list[ContentIssue] = Field(description="Links that were broken in the last 30 days and are well again.")
    stats: ContentStats


class ContentDisabled(Shape):
    """The site's owner does not have its content checked."""

    error: str
    content_monitoring_enabled: Literal[False]


#: By method and path, the latter seen from `/api/v1`.
CONTENT: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "/sites/{site_id}/content"): Operation(
        id="showContent",
        tag=Tag.ANALYTICS,
        summary="Show what is wrong in the site's pages",
        description="Broken links, and what pages over https take in over http.",
        of_site=True,
        answer=Content,
        example={
            "site": {"id": 456, "uid": "abc123", "url": "https://example.com", "label": "My Blog"},
            "monitoring_status": {
                "enabled": True,
                "root_path": "/blog",
                "last_check_at": "2026-02-14T08:00:00Z",
                "is_initial_check": False,
                "is_rechecking": False,
                "has_issues": True,
                "emails_paused": False,
                "emails_paused_until": None,
            },
            "issues": {
                "broken_links": [
                    {
                        "id": 201,
                        "url": "https://example.com/old-page",
                        "status_code": 404,
                        "error_message": "Not Found",
                        "issue_type": "broken_link",
                        "checked_at": "2026-02-14T08:00:00Z",
                        "ignored": False,
                    }
                ],
                "mixed_content": [],
            },
            "ignored_issues": [],
            "ok_links": [],
            "stats": {
                "total_checked": 48,
                "broken_links_count": 1,
                "mixed_content_count": 0,
                "ignored_count": 0,
                "ok_count": 47,
            },
        },
        others={
            403: (
                ContentDisabled,
                "The site's owner does not have its content checked.",
                {"error": "Content monitoring is not enabled for this site", "content_monitoring_enabled": False},
            )
        },
    ),
}
