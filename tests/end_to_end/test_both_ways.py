"""Whichever way Footfall runs: what a real browser does is in the reports at once, and so it is in the realtime stream.

All in one file, so that one installation of each way serves all tests.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.api.world import BROWSER
from tests.end_to_end.browsers import visitor
from tests.end_to_end.site import serve_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.end_to_end.processes import Installation


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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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


def test_a_view_shows_and_the_end_is_in_order(installation: Installation) -> None:
    """Within two seconds of the click; three open streams delay no shutdown of the process that answers reports."""
    (process,) = (installation.processes[name] for name in ("serve", "api") if name in installation.processes)
    site = installation.create_site("stream.example")
    with ExitStack() as stack:
        streams = [_lines(stack, installation, site) for _ in range(3)]
        assert [_message(lines)["active_visitors"] for lines in streams] == [0, 0, 0]
        sent = httpx.post(
            f"{installation.collect_url}/api/v1/collect",
            json={
                "website_id": site,
                "event_type": "page_view",
                "url": "https://stream.example/a",
                "path": "/a",
            },
            headers={"User-Agent": BROWSER, "Origin": "https://stream.example"},
            timeout=20,
        )
        assert sent.status_code == 202, sent.text
        begun = time.monotonic()
        expected = {
            "active_visitors": 1,
            "top_pages": [{"path": "/a", "visitors": 1}],
            "events_by_type": [{"eventType": "page_view", "count": 1}],
        }
        assert [_message(lines) for lines in streams] == [expected] * 3
        took = time.monotonic() - begun
        assert took < 2, f"the view took {took:.2f} s to show"

        begun = time.monotonic()
        status = process.stop()
        took = time.monotonic() - begun
        process.start()
        process.wait_for(f"{installation.api_url}/health")
        assert status == 0
        assert took < 15
        # A line that was cut would raise here.
        assert [line for lines in streams for line in lines if line] == []


def _lines(stack: ExitStack, installation: Installation, site: str) -> Iterator[str]:
    """The lines of a new stream."""
    response = stack.enter_context(
        httpx.stream(
            "GET",
            f"{installation.api_url}/api/v1/reports/realtime/stream",
            params={"website_id": site},
            headers={"X-API-KEY": installation.key},
            timeout=30,
        )
    )
    assert response.status_code == 200
    return response.iter_lines()


def _message(lines: Iterator[str]) -> dict[str, Any]:
    """The data of the next message."""
    data = next(line for line in lines if line.startswith("data: "))
    message: dict[str, Any] = json.loads(data.removeprefix("data: "))
    return message
