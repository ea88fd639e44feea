"""What is answered about a site's content, from what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest

from api.dialects.tinylytics.content import Known, shown
from core.content import CrawlKind, Issue, IssueKind
from core.sites import Site
from storage.content import ContentStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW: Final = 1_771_056_000_000
SITE: Final = Site(id=1, uuid=UUID(int=1), account_id=UUID(int=2), domain="example.com", content=True)
BROKEN: Final = Issue(
    id=1,
    kind=IssueKind.BROKEN_LINK,
    url="https://example.com/gone",
    found_on="https://example.com/",
    status_code=404,
    message="Not Found",
    found_at=NOW,
    checked_at=NOW,
    resolved_at=None,
    ignored=False,
)
MIXED: Final = BROKEN._replace(id=2, kind=IssueKind.MIXED_CONTENT, status_code=200)
IGNORED: Final = BROKEN._replace(id=3, ignored=True)
MENDED: Final = BROKEN._replace(id=4, status_code=200, message="", resolved_at=NOW)
GONE: Final = BROKEN._replace(id=5, resolved_at=NOW)
ENDED: Final = ContentStatus(ran_at=NOW, checked_at=NOW, ok_count=10)


def answer(status: ContentStatus, issues: Sequence[Issue] = ()) -> dict[str, Any]:
    """The answer to who asks."""
    return shown(SITE, Known(status, list(issues)))


def test_every_issue_has_its_place() -> None:
    """By kind, among those that are ignored, or among those that are well again; what no page has any more nowhere."""
    found = answer(ENDED, [BROKEN, MIXED, IGNORED, MENDED, GONE])
    lists = (*found["issues"].values(), found["ignored_issues"], found["ok_links"])
    assert [[issue["id"] for issue in each] for each in lists] == [[1], [2], [3], [4]]
    assert found["stats"] == {
        "total_checked": 12,
        "broken_links_count": 1,
        "mixed_content_count": 1,
        "ignored_count": 1,
        "ok_count": 10,
    }
    assert found["monitoring_status"]["has_issues"] is True
    assert found["ok_links"][0]["error_message"] is None


def test_ignored_issues_are_none() -> None:
    """Nor are those of before."""
    assert answer(ENDED, [IGNORED, MENDED])["monitoring_status"]["has_issues"] is False


@pytest.mark.parametrize(
    ("status", "initial", "again", "checked", "ok"),
    [
        (ContentStatus(), True, False, 0, 0),
        (ContentStatus(crawl=CrawlKind.WHOLE, crawl_checked=7, crawl_ok=6), True, False, 7, 6),
        (ENDED, False, False, 10, 10),
        (ENDED._replace(crawl=CrawlKind.RECHECK, crawl_checked=1), False, True, 10, 10),
        (ENDED._replace(crawl=CrawlKind.WHOLE, crawl_checked=7), False, True, 10, 10),
    ],
)
def test_it_tells_how_far_it_is(status: ContentStatus, *, initial: bool, again: bool, checked: int, ok: int) -> None:
    """Of the first check what was checked so far; of later ones that they are under way."""
    found = answer(status)
    told = found["monitoring_status"]
    assert (told["is_initial_check"], told["is_rechecking"], told["last_check_at"] is None) == (initial, again, initial)
    assert (found["stats"]["total_checked"], found["stats"]["ok_count"]) == (checked, ok)


def test_messages_may_pause() -> None:
    """With an end, or without one."""
    paused = answer(ENDED._replace(emails_paused=True, emails_paused_until=NOW))["monitoring_status"]
    assert (paused["emails_paused"], paused["emails_paused_until"]) == (True, "2026-02-14T08:00:00Z")
    endless = answer(ENDED._replace(emails_paused=True))["monitoring_status"]
    assert (endless["emails_paused"], endless["emails_paused_until"]) == (True, None)
