"""A visitor who is forgotten while everything runs, as a single node and as a cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

from tests.end_to_end.processes import command
from tests.faults.waiting import until

if TYPE_CHECKING:
    from tests.end_to_end.processes import Installation

pytestmark = pytest.mark.timeout(600)

WITHIN: Final = 60.0
ADDRESS: Final = "127.0.0.1"
AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
OTHER: Final = AGENT.replace("132", "131")


class Site:
    """A site of a running installation, and who sees its pages."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.id = installation.create_site("forgetting.example")

    def view(self, agent: str, *paths: str) -> None:
        """Let a browser open pages."""
        for path in paths:
            answer = httpx.post(
                f"{self.installation.collect_url}/api/v1/collect",
                json={
                    "website_id": self.id,
                    "event_type": "page_view",
                    "url": f"https://forgetting.example{path}",
                    "path": path,
                },
                headers={"User-Agent": agent, "Accept-Language": "en", "Accept": "*/*"},
            )
            assert answer.status_code == 202, answer.text

    def numbers(self) -> tuple[int, int, int]:
        """Visitors, visits and page views of today and yesterday."""
        metrics = self.installation.report("summary", self.id, period="7d")["metrics"]
        found = (metrics[name]["value"] for name in ("unique_visitors", "visits", "pageviews"))
        visitors, visits, views = found
        return visitors, visits, views

    def active(self) -> int:
        """Who is seen now."""
        visitors: int = self.installation.report("realtime", self.id)["active_visitors"]
        return visitors

    def forget(self, agent: str, *options: str) -> dict[str, Any]:
        """Run the command and return what it says."""
        process = next(iter(self.installation.processes.values()))
        data = (
            ("--data", process.arguments[process.arguments.index("--data") + 1])
            if "--data" in process.arguments
            else ()
        )
        found: dict[str, Any] = json.loads(
            command("forget", "--ip", ADDRESS, "--ua", agent, "--json", *options, *data, env=process.environment)
        )
        return found


def test_forget(installation: Installation) -> None:
    """What one browser did is gone from reports and live windows, what another did is not; who comes again is new."""
    site = Site(installation)
    site.view(AGENT, "/", "/a", "/b")
    site.view(OTHER, "/", "/a")
    until("all is counted", lambda: site.numbers() == (2, 2, 5), within=WITHIN)
    looked = site.forget(AGENT, "--dry-run")
    assert (looked["visitors"], looked["events"], looked["sessions"]) == (1, 3, 1)
    assert site.numbers() == (2, 2, 5)
    gone = site.forget(AGENT, "--yes", "--site", site.id)
    assert (gone["visitors"], gone["events"], gone["sessions"]) == (1, 3, 1)
    until("reports know", lambda: site.numbers() == (1, 1, 2), within=WITHIN)
    until("windows know", lambda: site.active() == 1, within=WITHIN)
    site.view(AGENT, "/c")
    until("a new visitor is counted", lambda: site.numbers() == (2, 2, 3), within=WITHIN)
    assert site.forget(AGENT, "--dry-run")["events"] == 1
