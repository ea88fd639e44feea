"""What reports and the page say of days that went by their age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from ops.clock import SystemClock
from tests.cases import event_at
from tests.stores import write_events

if TYPE_CHECKING:
    from tests.api.dashboard.conftest import PageWorld

#: Days of which the site has events, and sums.
_EVENTS, _SUMS = 10, 60
#: By how many days are asked for: what is said of them, in reports and on the page.
_SAID: Final = {
    7: ({}, ()),
    30: ({"events_from": _EVENTS}, ("only sums are kept: filters, groups, goals and funnels count from there",)),
    90: ({"events_from": _EVENTS, "sums_from": _SUMS}, ("only sums are kept", "Nothing is kept of days before")),
}


@pytest.fixture
def aged(page_world_: PageWorld) -> PageWorld:
    """A site whose older days have gone."""
    kept = page_world_.site.id, _days_ago(_EVENTS), _days_ago(_SUMS)
    page_world_.execute("INSERT INTO site_retention VALUES (%s, %s, %s, now())", *kept)
    with psycopg.connect(page_world_.dsn) as connection:  # a site without any visit has another page
        write_events(connection, [event_at(SystemClock().now_ms(), 1, site=page_world_.site.id)])
    return page_world_


def _days_ago(days: int) -> str:
    return (datetime.fromtimestamp(SystemClock().now_ms() / 1_000, UTC) - timedelta(days=days)).date().isoformat()


async def test_what_is_not_kept_is_said(aged: PageWorld) -> None:
    """In the period of a report and below the numbers of the page, where some of its days are older."""
    for days, (begins, sentences) in _SAID.items():
        report = await aged.client.get(
            "/api/v1/reports/summary",
            params={"website_id": str(aged.site.uuid), "period": f"{days}d"},
            headers={"X-API-KEY": aged.user_key, "Accept": "application/json"},
        )
        period = report.json()["data"]["period"]
        assert {name: _days_ago(ago) for name, ago in begins.items()} == {
            name: day for name, day in period.items() if name.endswith("_from")
        }
        page = await aged.client.get("/", params={"period": f"{days}d"}, follow_redirects=True)
        assert page.status_code == 200
        assert [sentence in page.text for sentence in sentences] == [True] * len(sentences)
        assert ("only sums are kept" in page.text, "Nothing is kept" in page.text) == (days > _EVENTS, days > _SUMS)
