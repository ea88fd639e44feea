"""Debian's Firefox ESR over WebDriver BiDi, which it speaks itself: no driver stands between.

https://w3c.github.io/webdriver-bidi/
"""

from __future__ import annotations

import asyncio
import itertools
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from websockets.asyncio.client import connect

from tests.browser.chromium import ended, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection

#: Nothing is asked of the world outside.
_PREFERENCES: Final[Mapping[str, object]] = {
    "app.update.enabled": False,
    "browser.chrome.site_icons": False,  # the pages' policy forbids them
    "browser.safebrowsing.downloads.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.enabled": False,
}


class Session:
    """Commands and their answers; events are not subscribed to."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._turn = asyncio.Lock()

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and return its result; fail with the browser's words if it refuses."""
        async with self._turn:
            id_ = next(self._ids)
            await self._socket.send(json.dumps({"id": id_, "method": method, "params": parameters}))
            while (answer := json.loads(await self._socket.recv())).get("id") != id_:
                pass
        assert answer["type"] == "success", f"{method}: {answer}"
        result: dict[str, Any] = answer["result"]
        return result


class FirefoxTab:
    """`drivers.Tab`."""

    def __init__(self, session: Session, context: str) -> None:
        self._session = session
        self._context = context
        self._cover: str | None = None

    async def open(self, url: str) -> None:
        """See `Tab`."""
        await self._session.call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def run(self, expression: str) -> Any:  # noqa: ANN401 - see `Tab`
        """See `Tab`."""
        answer = await self._session.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        text = answer["result"].get("value")
        return None if text is None else json.loads(text)

    async def click(self, selector: str) -> None:
        """See `Tab`."""
        found = await self._session.call(
            "browsingContext.locateNodes", context=self._context, locator={"type": "css", "value": selector}
        )
        origin = {"type": "element", "element": {"sharedId": found["nodes"][0]["sharedId"]}}
        await self._perform(
            {
                "type": "pointer",
                "id": "mouse",
                "actions": [
                    {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
                    {"type": "pointerDown", "button": 0},
                    {"type": "pointerUp", "button": 0},
                ],
            }
        )

    async def scroll(self, pixels: int) -> None:
        """See `Tab`."""
        turn = {"type": "scroll", "x": 100, "y": 100, "deltaX": 0, "deltaY": pixels}
        await self._perform({"type": "wheel", "id": "wheel", "actions": [turn]})

    async def cover(self) -> None:
        """See `Tab`."""
        self._cover = (await self._session.call("browsingContext.create", type="tab"))["context"]
        await self._until("document.hidden")

    async def uncover(self) -> None:
        """See `Tab`."""
        await self._session.call("browsingContext.close", context=self._cover)
        await self._session.call("browsingContext.activate", context=self._context)
        await self._until("!document.hidden")

    async def _until(self, expression: str) -> None:
        async with asyncio.timeout(10):
            while not await self.run(expression):  # noqa: ASYNC110 - the page cannot set an event of ours
                await asyncio.sleep(0.02)

    async def _perform(self, source: Mapping[str, object]) -> None:
        await self._session.call("input.performActions", context=self._context, actions=[source])


class Firefox:
    """`drivers.Browser`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._opened: list[str] = []

    async def tab(self) -> FirefoxTab:
        """See `drivers.Browser`."""
        context = (await self._session.call("browsingContext.create", type="tab"))["context"]
        self._opened.append(context)
        return FirefoxTab(self._session, context)

    async def clear(self) -> None:
        """Close every tab but the first, without which the browser would end."""
        tree = await self._session.call("browsingContext.getTree", maxDepth=0)
        for context in tree["contexts"][1:]:
            await self._session.call("browsingContext.close", context=context["context"])


@asynccontextmanager
async def firefox(program: str, folder: Path, **preferences: object) -> AsyncIterator[Firefox]:
    """Start the browser with a profile in `folder`; end it with the context. `preferences` have `__` for a dot."""
    given = {**_PREFERENCES, **{name.replace("__", "."): value for name, value in preferences.items()}}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in given.items()]
    (folder / "user.js").write_text("\n".join(lines))
    process = await asyncio.create_subprocess_exec(
        program,
        "--headless",
        "--no-remote",
        "--remote-debugging-port=0",
        "--profile",
        str(folder),
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        address = await listening(process)
        async with connect(f"{address}/session", max_size=None, ping_interval=None) as socket:
            session = Session(socket)
            await session.call("session.new", capabilities={})
            yield Firefox(session)
            await session.call("browser.close")
    finally:
        await ended(process)
