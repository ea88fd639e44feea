"""The web vitals of the extra `vitals`, held to the library that defines them, in a real browser."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import async_playwright

from tests.services import require
from tracker.builds import builds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

# Two windows of layout shifts, of which the first is the worse; a click that is answered late, and a quick one.
PAGE = """<!doctype html><html lang="en"><head><title>vitals</title><script src="/oracle.js"></script><script>
for (const name of ["LCP", "CLS", "INP", "FCP", "TTFB"])
  webVitals["on" + name](({value}) => navigator.sendBeacon("/oracle", JSON.stringify([name.toLowerCase(), value])));
</script><script defer data-id="site" src="/js/tracker.vitals.js"></script></head>
<body><h1>Hello</h1><div id="box"></div><button>slow</button><p>pushed down</p><script>
document.querySelector("button").onclick = ({target}) => {
  const end = performance.now() + 130;
  while (performance.now() < end);
  target.textContent = "done";
};
const grow = (height) => () => { box.style.height = height + "px"; };
setTimeout(grow(120), 700); setTimeout(grow(260), 1100); setTimeout(grow(300), 3200);
</script></body></html>"""


@contextmanager
def page_beside(oracle: bytes) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Serve the page; yield its address, and what is posted: path and JSON of each."""
    posted: list[tuple[str, Any]] = []
    answers = {"/oracle.js": oracle, "/js/tracker.vitals.js": builds()["tracker.vitals.js"].content}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.get(self.path)
            self._answer(200, body or PAGE.encode(), "text/javascript" if body else "text/html")

        def do_POST(self) -> None:
            posted.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self._answer(202, b"", "text/plain")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", posted
        server.shutdown()
        thread.join()


async def test_they_are_those_of_the_library(workshop: Path) -> None:
    """All five, of a page that shifts in two windows and answers one click late."""
    chromium = shutil.which("chromium")
    if chromium is None:
        require("no chromium on the PATH: install Debian's package chromium")
    oracle = (workshop / "node_modules/web-vitals/dist/web-vitals.iife.js").read_bytes()
    with page_beside(oracle) as (url, posted):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = await browser.new_page()
            await page.goto(url)
            await page.wait_for_function("box.offsetHeight === 260")
            await page.click("button")
            await page.wait_for_function("box.offsetHeight === 300")
            await page.click("h1")
            await page.goto("about:blank")
            for _ in range(300):
                if {"lcp", "cls", "inp", "fcp", "ttfb"} == oracles(posted).keys() and ours(posted):
                    break
                await asyncio.sleep(0.05)
            await browser.close()
    (vitals,) = ours(posted)
    assert oracles(posted) == pytest.approx(vitals)
    assert vitals["cls"] > 0
    assert vitals["inp"] > 100


def oracles(posted: list[tuple[str, Any]]) -> dict[str, float]:
    """What the library told."""
    return dict(value for path, value in posted if path == "/oracle")


def ours(posted: list[tuple[str, Any]]) -> list[dict[str, float]]:
    """The properties of our vitals, which come among other events."""
    events = [event for path, body in posted if path != "/oracle" for event in body]
    return [event["properties"] for event in events if event["event_type"] == "web_vitals"]
