"""A site whose pages have the script of another API, and a host that gives the script and remembers what it sends."""

from __future__ import annotations

import html
import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.browser.servers import Answer, Loopback, Request
from tracker.builds import builds

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True, kw_only=True)
class Recorder:
    """What a test sees. Every path of `web` is an empty page with `head`, beside `headers`."""

    host: Loopback
    web: Loopback
    head: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def url(self, path: str = "/") -> str:
        """A page's address."""
        return f"{self.web.url}{path}"

    def tag(self, name: str, *, how: str = "defer", **data: str) -> str:
        """The tag of a script; `data` are attributes after `data-`."""
        attributes = " ".join(f'data-{key}="{html.escape(value)}"' for key, value in data.items())
        return f'<script {how} {attributes} src="{self.host.url}/{name}"></script>'

    def posted(self) -> list[Request]:
        """The requests that were sent with a body, in the order in which they came."""
        return [request for request in self.host.seen if request.method == "POST"]

    def bodies(self) -> list[dict[str, Any]]:
        """What they hold."""
        return [json.loads(request.body) for request in self.posted()]

    async def count(self) -> int:
        """How many they are."""
        return len(self.posted())


@contextmanager
def recorder() -> Iterator[Recorder]:
    """Yield a new site with its servers."""
    made: list[Recorder] = []

    def host(request: Request) -> Answer:
        cors = {"Access-Control-Allow-Origin": request.headers.get("origin", "*")}
        if request.method == "GET":
            script = builds()[request.path.removeprefix("/")]
            return Answer(200, cors | {"Content-Type": "application/javascript"}, script.content)
        return Answer(204, cors)

    def page(request: Request) -> Answer:
        title = html.escape(request.path)
        text = f"<!doctype html><html lang=en><title>{title}</title>{made[0].head}<body><p>{title}</p></body></html>"
        policy = f"default-src 'none'; script-src 'unsafe-inline' {made[0].host.url}; connect-src {made[0].host.url}"
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        return Answer(200, headers | made[0].headers, text.encode())

    with ExitStack() as stack:
        servers = [stack.enter_context(Loopback(answer)) for answer in (host, page)]
        made.append(Recorder(host=servers[0], web=servers[1]))
        yield made[0]
