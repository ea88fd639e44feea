"""Several events at a time become the very events that they become one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.agents import Agent
from core.channels import Source, SourceKind
from core.clicks import Network
from core.enrich.draft import Lookups
from core.enrich.pipeline import Enriched, Enrichment
from core.enrich.steps import SENT_STEPS, STEPS
from core.errors import Unavailable
from core.ids import EPOCH, Stamper
from core.places import NO_PLACE, Place
from core.raw import RawEvent, Request
from core.sites import Site
from core.spans import DAY, MINUTE
from core.visitors import DaySalt, Identity, Visitors
from tests.clocks import SetClock
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.drops import DropReason
    from core.enrich.steps import Step

SITE: Final = Site(id=7, uuid=UUID(int=7), account_id=UUID(int=1), domain="example.com")
#: A quarter past midnight, when events carry the hash of the day before too, and noon.
TIMES: Final = (EPOCH + 600 * DAY + 15 * MINUTE, EPOCH + 600 * DAY + DAY // 2)
AGENTS: Final = {
    "": Agent("", "", "", "", "", bot=True),
    "curl/8": Agent("curl", "8", "", "", "desktop", bot=True),
    "Firefox": Agent("Firefox", "130", "Linux", "", "desktop", bot=False),
}
PLACES: Final = {"198.51.100.9": Place("IS", "Capital Region", "Reykjavík"), "10.0.0.1": Place("DE")}
SOURCES: Final = {
    "google.com": Source(SourceKind.SEARCH, Network.GOOGLE),
    "t.co": Source(SourceKind.SOCIAL),
    "chatgpt.com": Source(SourceKind.AI),
}

_texts: Final = st.sampled_from(["", "", "x", " ", "X" * 300, "email", "cpc", "ChatGPT.com"])
RAWS: Final = st.builds(
    RawEvent,
    type=st.sampled_from(["page_view", "custom", "close_tab"]),
    url=st.sampled_from(
        [
            "https://example.com/a",
            "https://www.Example.com:8443/a?utm_source=chatgpt.com&secret=1#top",
            "https://shop.example.com/b?gclid=1&utm_medium=ppc",
            "https://example.com/?utm_campaign=c&utm_content=%20d&utm_term=t",
            "https://example.com/" + "x" * 2_000 + "?q=1",
            "nonsense",
            "",
        ]
    ),
    path=st.sampled_from(["/a", "/a?x=1", "/caf%C3%A9", "/cafe\u0301", "b", "", "/" + "y" * 2_000]),
    referrer=st.sampled_from(
        [
            "",
            "https://www.google.com/search?q=1",
            "https://t.co/x",
            "https://example.com/b",
            "https://shop.example.com/",
            "https://" + "z" * 2_000,
            "android-app",
        ]
    ),
    name=_texts,
    screen_width=st.sampled_from([0, 0.5, 375, 1_280.5, 5_000]),
    utm_source=_texts,
    utm_medium=_texts,
    utm_campaign=_texts,
    status=st.integers(0, 999),
    engaged_ms=st.integers(0, 10),
    properties=st.sampled_from(["", '{"a":1}']),
    country=st.sampled_from(["", "", "PL", "XX"]),
    visitor_id=st.sampled_from(["", "", "user-1", "id"]),
    keeps_query=st.booleans(),
    keeps_ip=st.booleans(),
)
REQUESTS: Final = st.builds(
    Request,
    ip=st.sampled_from(["", "198.51.100.9", "10.0.0.1", "203.0.113.9", "2001:db8::1", "192.0.2.1"]),
    user_agent=st.sampled_from(list(AGENTS)),
    gpc=st.sampled_from([False, False, True]),
    dnt=st.sampled_from([False, False, True]),
    prefetch=st.sampled_from([False, False, True]),
)
SITES: Final = st.builds(
    lambda **chosen: replace(SITE, **chosen),
    excluded_ips=st.sampled_from([(), ("2001:db8::/32", "10.0.0.0/8")]),
    allowed_hosts=st.sampled_from([(), ("example.com",), ("*.example.com",)]),
    excluded_paths=st.sampled_from([(), ("/café",), ("/y*", "/a")]),
    excluded_countries=st.sampled_from([(), ("PL", "IS")]),
    honour_gpc=st.booleans(),
    honour_dnt=st.booleans(),
    keep_ips=st.booleans(),
)


class Collected:
    """An enrichment with look-ups that know little, and what it told."""

    def __init__(self, steps: Sequence[Step], now: int = TIMES[0], **changed: Any) -> None:  # noqa: ANN401 - look-ups
        clock = SetClock(now)
        stamper = Stamper(clock, lambda below: below - 1)
        salts = {now - now % DAY - days * DAY: DaySalt(bytes([days]) * 32) for days in (0, 1)}
        lookups = Lookups(
            agent=AGENTS.__getitem__,
            source=SOURCES.get,
            place=lambda ip: PLACES.get(ip, NO_PLACE),
            stamp=stamper.mint,
            identify=Visitors(bucket_key=b"b" * 32, salt_of=salts.get).identify,
            ignored=lambda ip: ip == "203.0.113.9",
            stamps=stamper.mint_many,
        )
        self.measurements = Measurements()
        self.drops: list[tuple[int, DropReason, str]] = []
        self.enrichment = Enrichment(
            lookups=replace(lookups, **changed),
            clock=clock,
            telemetry=self.measurements,
            dropped=lambda *drop: self.drops.append(drop),
            steps=steps,
        )


@pytest.mark.parametrize("steps", [STEPS, SENT_STEPS], ids=["browsers", "programs"])
@given(
    events=st.lists(st.tuples(RAWS, REQUESTS), max_size=12),
    site=SITES | st.none(),
    now=st.sampled_from(TIMES),
)
@settings(max_examples=60, deadline=None)
def test_as_one_by_one(
    steps: Sequence[Step], events: list[tuple[RawEvent, Request]], site: Site | None, now: int
) -> None:
    """The same events with the same ids, hashes and buckets, the same drops, counted and told alike."""
    one_by_one, together = Collected(steps, now), Collected(steps, now)
    expected = [one_by_one.enrichment.run(raw, request, site) for raw, request in events]

    actual = together.enrichment.run_all([raw for raw, _ in events], [request for _, request in events], site)

    assert expected == actual
    assert list(map(type, expected)) == list(map(type, actual))
    assert one_by_one.drops == together.drops
    name = "footfall_events_dropped_total"
    assert one_by_one.measurements.counters[name] == together.measurements.counters[name]


VIEW: Final = RawEvent(type="page_view", url="https://example.com/a", path="/a")
REQUEST: Final = Request(ip="192.0.2.1", user_agent="Firefox")


def test_only_plain_values_leave() -> None:
    """What crosses the log is text and numbers of the base types, no enum members."""
    requests = [REQUEST, REQUEST._replace(user_agent="curl/8")] * 5
    outcomes = Collected(STEPS).enrichment.run_all([VIEW] * 10, requests, SITE)
    accepted = [outcome.event for outcome in outcomes if isinstance(outcome, Enriched)]
    assert len(accepted) == 10
    assert {type(value) for event in accepted for value in event} == {int, str}


def test_what_repeats_is_looked_up_once() -> None:
    """A thousand events of two visitors ask twice for an agent, a place and a hash."""
    asked: Counter[str] = Counter()

    def agent(text: str) -> Agent:
        asked["agent"] += 1
        return AGENTS[text]

    def place(_: str) -> Place:
        asked["place"] += 1
        return NO_PLACE

    def identify(ts: int, site: int, ip: str, user_agent: str) -> Identity:
        asked[f"{site} {ip} {user_agent}"] += 1
        return Identity(ts, 0, 1)

    collected = Collected(STEPS, agent=agent, place=place, identify=identify)
    requests = [REQUEST, Request(ip="192.0.2.2", user_agent="curl/8")] * 500
    collected.enrichment.run_all([VIEW] * 1_000, requests, SITE)
    assert asked == {"agent": 2, "place": 2, "7 192.0.2.1 Firefox": 1, "7 192.0.2.2 curl/8": 1}


def test_a_batch_is_timed_when_one_of_its_events_would_be() -> None:
    """The first and every 64th event: batches of 40 are timed but for each third or so, each with all of its events."""
    collected = Collected(STEPS)
    for _ in range(4):
        collected.enrichment.run_all([VIEW] * 40, [REQUEST] * 40, replace(SITE, keep_ips=True))
    steps = len(collected.enrichment._few)
    assert collected.measurements.counters["footfall_step_events_total"] == 3 * 40 * steps


def test_without_a_salt_nothing_is_accepted() -> None:
    """What a look-up cannot answer ends the run with its error."""

    def fail(*_: object) -> Identity:
        raise Unavailable("no salt")

    with pytest.raises(Unavailable):
        Collected(STEPS, identify=fail).enrichment.run_all([VIEW] * 5, [REQUEST] * 5, SITE)
