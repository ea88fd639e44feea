"""An hour of the live page: memory that stays, no long task, a light stream. `make soak ARGS="--minutes 5"`.

Two pages are open side by side, the strip on a screen of its own and the report, while visitors of the demo come. Of
each its figures are printed; those beyond what we promise end it with 1.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from playwright.async_api import async_playwright

from tests.browser.demonstration import chromium_program, demonstration, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.async_api import Browser, CDPSession, Page

    from tests.end_to_end.processes import Installation

#: Until what is compiled and kept once is there.
_WARM_SECONDS: Final = 30
_SAMPLES: Final = 40
#: Promises: growth from the first quarter to the last, and its unit where it is not a share.
_GROWTH: Final = 0.10
_LONG_TASK_MS: Final = 50
_MORPH_MS: Final = 4.0
_STREAM_BYTES: Final = 4_000
#: What is measured inside: how long each morph takes, and tasks that held the page up.
_WATCHES: Final = """() => {
  const morph = Idiomorph.morph;
  window.watched = { morphs: [], tasks: [] };
  Idiomorph.morph = (...given) => {
    const begun = performance.now();
    const made = morph(...given);
    if (given[0].id === "live") watched.morphs.push(performance.now() - begun);
    return made;
  };
  const keep = (entries) => entries.forEach((each) => watched.tasks.push([each.startTime, each.duration]));
  new PerformanceObserver((list) => keep(list.getEntries())).observe({ type: "longtask" });
}"""
_TAKES: Final = "(() => { const all = window.watched; window.watched = { morphs: [], tasks: [] }; return all; })()"
#: Elements and texts that are shown: a busier hour has longer lists.
_SHOWN: Final = "document.evaluate('count(//*|//text())', document, null, XPathResult.NUMBER_TYPE).numberValue"
_NOW: Final = "performance.now()"
#: To morph an element makes a node of each of its attributes, which stays as long as the element: let all be there.
_ATTRIBUTES: Final = "document.querySelectorAll('*').forEach((each) => [...each.attributes])"


@dataclass(slots=True, kw_only=True)
class Figures:
    """What was measured of one page."""

    name: str
    heap: list[int] = field(default_factory=list)  #: bytes in use after a collection
    nodes: list[int] = field(default_factory=list)  #: of the DOM, those that only scripts still hold among them
    held: list[float] = field(default_factory=list)  #: the same for each element or text that is shown
    morphs: list[float] = field(default_factory=list)  #: ms
    tasks: list[float] = field(default_factory=list)  #: ms, those of 50 and more
    stream: int = 0  #: bytes
    seconds: float = 0.0

    def lines(self) -> list[tuple[str, str, bool]]:
        """Each figure: what it is, how it reads, and whether it is as promised."""
        heap, nodes = growth(self.heap), growth(self.held)
        longest = max(self.tasks, default=0.0)
        morph, rate = median(self.morphs or [0.0]), self.stream / max(self.seconds, 1.0)
        return [
            ("heap", f"{median(self.heap) / 1e6:.2f} MB, {heap:+.1%}", heap <= _GROWTH),
            ("nodes", f"{median(self.nodes):.0f}, {nodes:+.1%} for each shown", nodes <= _GROWTH),
            ("long tasks", f"{len(self.tasks)}, the longest {longest:.0f} ms", longest <= _LONG_TASK_MS),
            ("morphs", f"{len(self.morphs)}, median {morph:.2f} ms", bool(self.morphs) and morph <= _MORPH_MS),
            ("stream", f"{rate:,.0f} bytes a second", 0 < rate <= _STREAM_BYTES),
        ]


def growth(values: Sequence[float]) -> float:
    """By how much of the first quarter's median the last quarter's is greater."""
    quarter = max(1, len(values) // 4)
    return median(values[-quarter:]) / median(values[:quarter]) - 1


def main() -> None:
    """Let a demo run, look at it for so long, and print what was measured."""
    parser = argparse.ArgumentParser(description="Keep the live page open and measure it.")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long, 60 unless told")
    minutes: float = parser.parse_args().minutes
    program = chromium_program()
    with demonstration("--days", "14", "--events", "100000") as footfall:
        measured = asyncio.run(_soak(program, footfall, minutes * 60))
    kept = [_told(figures) for figures in measured]
    sys.exit(not all(kept))


def _told(figures: Figures) -> bool:
    lines = figures.lines()
    for name, text, is_kept in lines:
        print(f"{figures.name:<8} {name:<12} {text:<36} {'ok' if is_kept else 'TOO MUCH'}")  # noqa: T201 - the result
    return all(is_kept for *_, is_kept in lines)


async def _soak(program: str, footfall: Installation, seconds: float) -> list[Figures]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        looks = (("live", "&view=live"), ("report", ""))
        watches = [await _opened(browser, footfall, name, query) for name, query in looks]
        await asyncio.sleep(min(_WARM_SECONDS, seconds / 4))
        for watch in watches:
            await watch.begin()
        pause = seconds / _SAMPLES
        for _ in range(_SAMPLES):
            await asyncio.sleep(pause)
            for watch in watches:
                await watch.sample()
        measured = [watch.end() for watch in watches]
        await browser.close()
    return measured


async def _opened(browser: Browser, footfall: Installation, name: str, query: str) -> Watch:
    page = await browser.new_page(viewport={"width": 1_920, "height": 1_080})
    await sign_in(page, footfall, query)
    return Watch(page, await page.context.new_cdp_session(page), Figures(name=name))


class Watch:
    """Measures one page."""

    def __init__(self, page: Page, protocol: CDPSession, figures: Figures) -> None:
        self._page = page
        self._protocol = protocol
        self._figures = figures
        self._streams: set[str] = set()
        self._begun = 0.0

    async def begin(self) -> None:
        """Measure from now on; the stream from the one that is opened for it."""
        for event, act in (("requestWillBeSent", self._asked), ("dataReceived", self._received)):
            self._listen(f"Network.{event}", act)
        await self._protocol.send("Network.enable")
        await self._page.reload()
        await self._page.wait_for_selector("#live .here")
        await self._page.evaluate(_ATTRIBUTES)
        await self._page.evaluate(_WATCHES)
        await self._collect()
        self._begun = time.monotonic()
        self._figures.stream = 0

    async def sample(self) -> None:
        """Take what has come together; what the measuring itself does is left out."""
        begun = await self._page.evaluate(_NOW)
        taken = await self._page.evaluate(_TAKES)
        self._figures.morphs += taken["morphs"]
        self._figures.tasks += [duration for start, duration in taken["tasks"] if start < begun]
        await self._collect()
        heap = await self._protocol.send("Runtime.getHeapUsage")
        self._figures.heap.append(int(heap["usedSize"]))
        counters = await self._protocol.send("Memory.getDOMCounters")
        self._figures.nodes.append(counters["nodes"])
        self._figures.held.append(counters["nodes"] / await self._page.evaluate(_SHOWN))
        await self._page.evaluate(_TAKES)

    def end(self) -> Figures:
        """All that was measured."""
        self._figures.seconds = time.monotonic() - self._begun
        return self._figures

    async def _collect(self) -> None:
        await self._protocol.send("HeapProfiler.collectGarbage")

    def _listen(self, event: str, act: Callable[[dict[str, Any]], None]) -> None:
        self._protocol.on(event, act)

    def _asked(self, event: dict[str, Any]) -> None:
        if event.get("type") == "EventSource":
            self._streams.add(event["requestId"])

    def _received(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._streams:
            self._figures.stream += event["encodedDataLength"] or event["dataLength"]


if __name__ == "__main__":
    main()
