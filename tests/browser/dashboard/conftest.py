"""Somebody at the page: an account with a site and a key of its own for each test, and a browser that is signed in."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from ops.demo.world import DOMAIN
from tests.end_to_end.browsers import PERSON
from tests.end_to_end.processes import command, environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from tests.browser.chromium import Chromium, ChromiumTab
    from tests.browser.drivers import Tab
    from tests.end_to_end.processes import Installation

_FOOTFALL: Final = Path(sys.executable).with_name("footfall")
_COLLECT: Final = "/api/v1/collect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a test needs of an installation: whose page it is, and how events get there."""

    footfall: Installation
    folder: Path  #: of the installation's data
    key: str
    domain: str
    site: str  #: UUID

    def url(self, path: str = "/", **parameters: str) -> str:
        """An address of the page; the report's names the site."""
        given = {"site": self.domain, **parameters} if path == "/" else parameters
        return f"{self.footfall.api_url}{path}" + (f"?{urlencode(given)}" if given else "")

    def collect(self, path: str = "/", *, agent: str = PERSON, **fields: object) -> None:
        """Send an event now, a page view unless the fields say otherwise, as a browser at this machine would."""
        url = f"https://{self.domain}{path}"
        body = {"website_id": self.site, "event_type": "page_view", "url": url, "path": path} | fields
        answer = httpx.post(f"{self.footfall.collect_url}{_COLLECT}", json=body, headers={"User-Agent": agent})
        assert answer.status_code == 202, answer.text

    def history(self, events: Iterable[Mapping[str, object]], file: Path) -> None:
        """Import events of the past: fields of a page view, with `time` (ms or ISO 8601), `ip` and `user_agent`."""
        with file.open("w", encoding="utf-8") as lines:
            for event in events:
                path = event.get("path", "/")
                given = {"website_id": self.site, "event_type": "page_view", "url": f"https://{self.domain}{path}"}
                lines.write(json.dumps({**given, "path": path, "user_agent": PERSON, "ip": "198.51.100.7", **event}))
                lines.write("\n")
        subprocess.run(
            [_FOOTFALL, "import", "events", "--data", self.folder, file],
            env=environment(),
            check=True,
            capture_output=True,
        )

    def api(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Ask the API with this account's key."""
        return _api(self.footfall, method, path, body, key=self.key)


@pytest.fixture
def desk(footfall: Installation, footfall_folder: Path, request: pytest.FixtureRequest) -> Desk:
    """An account of the test's own with a user's key and an empty site."""
    module = request.path.stem.removeprefix("test_").replace("_", "-")
    test = "".join(letter if letter.isalnum() else "-" for letter in request.node.name.removeprefix("test_"))
    name = f"{module}-{test}".strip("-").lower()
    account = _api(footfall, "POST", "accounts", {"name": name})["id"]
    user = _api(footfall, "POST", "users", {"account_id": account, "role": "user"})
    domain = f"{name[:50].strip('-')}.example"
    site = _api(footfall, "POST", "websites", {"domain": domain}, key=user["apiKey"])["id"]
    return Desk(footfall=footfall, folder=footfall_folder / "data", key=user["apiKey"], domain=domain, site=site)


@pytest_asyncio.fixture(loop_scope="session")
async def signed_in(desk: Desk, chromium_process: Chromium) -> AsyncIterator[ChromiumTab]:
    """A tab of Chromium that is signed in and has nothing open; its session ends with it."""
    tab = await chromium_process.tab()
    await sign_in(tab, desk)
    yield tab
    await chromium_process.clear()
    await chromium_process.context.clear_cookies()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor_in(desk: Desk, visitor: Tab) -> AsyncIterator[Tab]:
    """A tab of each browser in turn, signed in."""
    await sign_in(visitor, desk)
    yield visitor
    await visitor.run("fetch('/sign-out', {method: 'POST'}).then(() => 1)")


async def sign_in(tab: Tab, desk: Desk, key: str | None = None) -> None:
    """Sign in by the form, whoever was signed in before, and wait for what follows."""
    await tab.open(desk.url("/sign-in"))
    if not await tab.run("Boolean(document.querySelector('#key'))"):
        await tab.run("fetch('/sign-out', {method: 'POST'}).then(() => 1)")
        await tab.open(desk.url("/sign-in"))
    await tab.run(f"document.querySelector('#key').value = {json.dumps(desk.key if key is None else key)}")
    await tab.click("button[type=submit].primary")
    await shows(tab, "!document.querySelector('#key') || document.querySelector('#key-error')")


async def shows(tab: Tab, expression: str, within: float = 60) -> None:
    """Wait until an expression is true in the page, whatever page that is by then; fail after so many seconds."""
    async with asyncio.timeout(within):
        while True:
            try:
                if await tab.run(f"document.readyState === 'complete' && Boolean({expression})"):
                    return
            except Exception as error:
                # The page went away while it was asked; each driver says so in its own way.
                if "timeout" in str(error).lower():
                    raise
            await asyncio.sleep(0.05)


def _api(
    footfall: Installation, method: str, path: str, body: Mapping[str, object] | None, *, key: str | None = None
) -> Any:  # noqa: ANN401 - JSON
    answer = httpx.request(
        method, f"{footfall.api_url}/api/v1/{path}", json=body, headers={"X-API-KEY": key or footfall.key}
    )
    assert answer.status_code < 300, answer.text
    return answer.json()["data"]


@pytest.fixture(scope="session")
def full(footfall: Installation, footfall_folder: Path) -> Desk:
    """The demo's site with six weeks of visits, everything set that an owner would set, and somebody there now."""
    account = _api(footfall, "POST", "accounts", {"name": "full"})["id"]
    user = _api(footfall, "POST", "users", {"account_id": account, "role": "user"})
    data = footfall_folder / "data"
    options = ["--data", str(data), "--account", "full", "--days", "45", "--events", "10000", "--no-live"]
    command("demo", *options, env=environment(), within=280)
    found = _api(footfall, "GET", "websites", None, key=user["apiKey"])
    made = Desk(footfall=footfall, folder=data, key=user["apiKey"], domain=DOMAIN, site=found[0]["id"])
    made.collect("/pricing")
    return made
