"""A real browser opens a page; within a second the visit is in the reports, whichever way Footfall runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.browsers import visitor
from tests.end_to_end.site import serve_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.processes import Installation

pytestmark = pytest.mark.browser


def eventually(read: Callable[[], Any], expected: object, within: float = 10) -> float:
    """Wait until `read()` is `expected`; return how long it took, or fail showing what was read last."""
    begin = time.monotonic()
    while (found := read()) != expected:
        assert time.monotonic() - begin < within, f"expected {expected}, found {found}"
        time.sleep(0.05)
    return time.monotonic() - begin


def metrics(installation: Installation, site: str) -> dict[str, float]:
    """Return today's summary as plain numbers."""
    found = installation.report("summary", site, period="today")["metrics"]
    return {name: metric["value"] for name, metric in found.items()}


def test_three_pages_make_one_visit(installation: Installation) -> None:
    """Three pages of one person are one visitor now, and one visit of three views with its entry page and duration."""
    site = installation.create_site("three.example")
    with serve_site(installation.collect_url, site) as address, visitor() as browser:
        page = browser.new_page()
        page.goto(f"{address}/")
        took = eventually(lambda: installation.report("realtime", site)["active_visitors"], 1)
        time.sleep(1.2)
        page.click("text=pricing")
        page.wait_for_url(f"{address}/pricing")
        time.sleep(1.2)
        page.click("text=blog")
        page.wait_for_url(f"{address}/blog/first")
        eventually(lambda: metrics(installation, site)["pageviews"], 3)

    now = installation.report("realtime", site)
    summary = metrics(installation, site)
    entries = {
        path: installation.report("timeseries", site, period="today", metric="landing_page_entries", path=path)
        for path in ("/", "/pricing", "/blog/first")
    }

    assert took < 2, f"the first view took {took:.2f} s to show"
    assert now["active_visitors"] == 1
    assert {row["path"] for row in now["top_pages"]} == {"/", "/pricing", "/blog/first"}
    assert {row["eventType"]: row["count"] for row in now["events_by_type"]}["page_view"] == 3
    assert summary["visits"] == 1
    assert summary["unique_visitors"] == 1
    assert summary["bounce_rate"] == 0
    assert 2 <= summary["avg_session_duration_sec"] <= 10
    assert {path: report["series"][-1]["value"] for path, report in entries.items()} == {
        "/": 1,
        "/pricing": 0,
        "/blog/first": 0,
    }


def test_single_page_application_and_custom_event(installation: Installation) -> None:
    """A pushed path is a view, a changed query is none, and `analytics.track` counts by its name."""
    site = installation.create_site("spa.example")
    with serve_site(installation.collect_url, site) as address, visitor() as browser:
        page = browser.new_page()
        page.goto(f"{address}/#token=secret")
        page.wait_for_function("window.analytics")
        page.evaluate("history.replaceState(null, '', '/')")
        page.evaluate("history.pushState(null, '', '/second')")
        page.evaluate("history.pushState(null, '', '/second?q=1')")
        page.evaluate("const loop = {}; loop.loop = loop; analytics.track('broken', loop)")
        page.evaluate("analytics.track('signup', {plan: 'pro'})")
        eventually(
            lambda: {row["eventType"]: row["count"] for row in installation.report("realtime", site)["events_by_type"]},
            {"page_view": 2, "custom": 1, "close_tab": 1},
        )

    rows = installation.report("pages", site, period="today")["rows"]

    assert [(row["path"], row["pageviews"]) for row in rows] == [("/", 1), ("/second", 1)]


def test_headless_browser_is_a_bot(installation: Installation) -> None:
    """A browser that calls itself headless is stored as a bot: absent from reports, present with include_bots."""
    site = installation.create_site("bots.example")
    with serve_site(installation.collect_url, site) as address, visitor(user_agent=None) as browser:
        browser.new_page().goto(f"{address}/")
        eventually(
            lambda: installation.report("summary", site, period="today", include_bots="true")["metrics"]["visits"],
            {"value": 1},
        )

    assert metrics(installation, site)["visits"] == 0
