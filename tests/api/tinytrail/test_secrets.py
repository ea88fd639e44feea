"""Whatever a page's address, its referrer or a link hides in query, fragment or user information goes no further."""

from __future__ import annotations

import json
import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote_plus
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.collector.clients import Clients
from api.collector.hot_route import Taking
from api.collector.intake import Intake
from api.dialects.tinytrail.collect import Collect
from api.dialects.tinytrail.pixel import Pixel
from api.lookups.agents import Agents
from api.lookups.hosts import Hosts
from api.metrics import Requests
from core.clicks import CLICK_IDS
from core.enrich.draft import Lookups
from core.enrich.pipeline import Enrichment
from core.errors import InvalidInput, Refused, Unavailable
from core.ids import Stamper
from core.places import nowhere
from core.sites import Site
from core.visitors import DaySalt, Visitors
from streams.codec import NO_PRODUCER, decode, encode
from tests.api.world import BROWSER, MemoryLog
from tests.clocks import SetClock
from tests.measurements import Measurements

if TYPE_CHECKING:
    from api.asgi import Message
    from api.collector.hot_route import HotRoute

SITE: Final = Site(id=7, uuid=UUID(int=7), account_id=UUID(int=1), domain="example.com")
SECRET: Final = "hunter2"  # noqa: S105 - what is looked for
CAMPAIGN: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
AGENTS: Final = Agents.bundled()
HOSTS: Final = Hosts.bundled()

#: Names that are nobody's campaign, however near they come to one's, and click ids, of which only the name is kept.
SECRETIVE: Final = st.sampled_from(
    ["token", "q", "", "UTM_SOURCE", "utm_source_token", "utm", "email", "utm%5Fsource", "x=utm_source", *CLICK_IDS]
)
ENCODED: Final = st.sampled_from(
    [SECRET, quote(f"{SECRET}@example.com"), f"%20{SECRET}%00", f"a+{SECRET}=b", f"é{SECRET}"]
)
HIDDEN: Final = st.builds("{}={}".format, SECRETIVE, ENCODED) | ENCODED
SHOWN: Final = st.builds("{}={}".format, st.sampled_from(CAMPAIGN), st.sampled_from(["mail", "a+b", "%C3%A9", ""]))
QUERIES: Final = st.lists(st.tuples(st.sampled_from("&?"), HIDDEN | SHOWN), min_size=1, max_size=5).map(
    lambda parts: "?" + "".join(joint + part for joint, part in parts)[1:]
)
FRAGMENTS: Final = st.builds("#{}{}".format, ENCODED, st.just("") | QUERIES)
TAILS: Final = st.just("") | QUERIES | FRAGMENTS | st.builds("{}{}".format, QUERIES, FRAGMENTS)
PATHS: Final = st.builds("{}{}".format, st.sampled_from(["/", "", "/caf%C3%A9/x", "a"]), TAILS)
ADDRESSES: Final = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["https://", "http://", "android-app://", f"https://{SECRET}@", f"https://a:{SECRET}@"]),
    st.sampled_from(["example.com", "www.google.com", "[::1]:8080", "t.co"]),
    st.sampled_from(["", "/", "/a/b"]),
    TAILS,
)
#: Links may lead anywhere.
LINKS: Final = st.builds("{}{}".format, st.sampled_from(["https://b.example/x.pdf", "mailto:a@b.example", "/a"]), TAILS)


class Heard(logging.Handler):
    """Whatever is logged, tracebacks included."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter())
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.texts.append(self.format(record))


class OneSite:
    """A finder that knows one site."""

    def known(self, text: str) -> Site | None:
        """Return it by its UUID."""
        return SITE if text == str(SITE.uuid) else None

    async def find(self, text: str) -> Site | None:
        """Return it by its UUID."""
        return self.known(text)

    async def of_domain(self, domain: str) -> Site | None:
        """Return it by its domain."""
        return SITE if domain == SITE.domain else None

    async def of_number(self, number: int) -> Site | None:
        """Return it by its number."""
        return SITE if number == SITE.id else None


def routes(log: MemoryLog) -> tuple[Collect, Pixel]:
    """The real ones, before this log."""
    clock, telemetry = SetClock(1_795_168_800_000), Measurements()
    salt = DaySalt(b"s" * 32)
    lookups = Lookups(
        agent=AGENTS,
        source=HOSTS,
        place=nowhere,
        stamp=Stamper(clock, lambda limit: limit // 2).mint,
        identify=Visitors(bucket_key=b"b" * 32, salt_of=lambda _: salt).identify,
    )
    enrichment = Enrichment(lookups=lookups, clock=clock, telemetry=telemetry)
    finder = OneSite()
    parts = Taking(
        clients=Clients(),
        window=None,
        intake=Intake(sites=finder, enrichment=enrichment, sent=enrichment, log=log, telemetry=telemetry),
        sites=finder,
        keys=None,
        requests=Requests(telemetry=telemetry, clock=clock),
        telemetry=telemetry,
    )
    return Collect(parts), Pixel(parts)


def ask(route: HotRoute, method: str, *, query: str = "", body: bytes = b"", **headers: str) -> int:
    """Send one request, whatever is logged on the way included in what is looked through; return the status."""
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    given = {"user-agent": BROWSER, **headers}
    scope = {
        "type": "http",
        "method": method,
        "path": route.path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("198.51.100.7", 40_000),
    }
    heard, root = Heard(), logging.getLogger()
    level = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    answering = route(scope, receive, send)
    assert isinstance(answering, Coroutine)
    try:
        # Nothing on this way waits, so that no loop is needed.
        with pytest.raises(StopIteration):
            answering.send(None)
    finally:
        root.setLevel(level)
        root.removeHandler(heard)
    assert not [text for text in heard.texts if SECRET in text]
    return statuses[0]


def assert_kept_secret(log: MemoryLog) -> None:
    """Neither the events nor the message that carries them, which a dead letter keeps too, hold it in any form."""
    message = encode(NO_PRODUCER, 0, log.events)
    for text in (*map(repr, log.events), repr(decode(message)), message.decode("latin-1")):
        assert SECRET not in unquote_plus(text)


@settings(deadline=None)
@given(url=ADDRESSES | PATHS.filter(bool), path=PATHS, referrer=ADDRESSES | PATHS, link=LINKS)
def test_collect(url: str, path: str, referrer: str, link: str) -> None:
    """Views, actions and links: the campaign is kept, and that there was a click id; nothing else is."""
    page = {"website_id": str(SITE.uuid), "url": url, "path": path, "referrer": referrer}
    body = json.dumps(
        [
            page | {"event_type": "page_view", "properties": {"status": 200}},
            page | {"event_type": "close_tab", "properties": {"engaged_ms": 5}},
            page | {"event_type": "outbound_link", "properties": {"url": link}},
            page | {"event_type": "custom", "properties": {"name": "file_download", "url": link}},
        ]
    ).encode()
    log = MemoryLog()
    assert ask(routes(log)[0], "POST", body=body) == 202
    assert len(log.events) == 4
    assert_kept_secret(log)


@settings(deadline=None)
@given(
    referer=ADDRESSES.map(lambda text: quote(text, safe=":/?#[]@=&%+")),
    path=PATHS.filter(lambda path: "%00" not in path.partition("?")[0].partition("#")[0]).map(quote),
)
def test_pixel(referer: str, path: str) -> None:
    """The pixel's page, however its address is told."""
    log = MemoryLog()
    pixel = routes(log)[1]
    assert ask(pixel, "GET", query=f"id={SITE.uuid}", referer=referer) == 200
    assert ask(pixel, "GET", query=f"id={SITE.uuid}&path={path}", referer=referer) == 200
    assert len(log.events) == 2
    assert_kept_secret(log)


@settings(deadline=None)
@given(
    address=ADDRESSES,
    failure=st.sampled_from([RuntimeError("a bug"), Unavailable("away"), Refused("no"), InvalidInput("no")]),
)
def test_failures(address: str, failure: Exception) -> None:
    """What is logged when an event cannot be stored does not tell it either."""
    log = MemoryLog()
    log.failure = failure
    page = {"website_id": str(SITE.uuid), "event_type": "page_view", "url": address, "path": "/", "referrer": address}
    collect, pixel = routes(log)
    assert ask(collect, "POST", body=json.dumps(page).encode()) in {400, 500, 503}
    assert ask(collect, "POST", body=json.dumps(page).encode()[:-1]) == 400
    assert ask(pixel, "GET", query=f"id={SITE.uuid}", referer=quote(address)) in {200, 500, 503}
