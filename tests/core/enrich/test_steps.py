"""The steps of the enrichment, run as the whole list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from core.agents import Agent
from core.channels import Channel, Source, SourceKind
from core.drops import DropReason
from core.enrich.draft import Lookups
from core.enrich.pipeline import Enriched, Enrichment
from core.enrich.steps import SENT_STEPS, STEPS
from core.errors import Unavailable
from core.events import Event, TrafficClass
from core.ids import Stamp
from core.places import NO_PLACE, Place, nowhere
from core.raw import RawEvent, Request
from core.sites import Site
from core.visitors import Identity
from tests.clocks import SetClock
from tests.measurements import Measurements

SITE = Site(
    id=7,
    uuid=UUID(int=7),
    account_id=UUID(int=1),
    domain="example.com",
    excluded_ips=("203.0.113.9", "2001:db8::/32", "10.0.0.0/8"),
)
BROWSER = Agent("Firefox", "130", "Linux", "", "desktop", bot=False)
BOT = Agent("curl", "8", "", "", "desktop", bot=True)
VIEW = RawEvent(type="page_view", url="https://example.com/a", path="/a")
REQUEST = Request(ip="198.51.100.1", user_agent="browser")


def enrichment(measurements: Measurements | None = None, **knobs: Any) -> Enrichment:  # noqa: ANN401 - whatever it takes
    """The real steps with look-ups that know little."""
    lookups = Lookups(
        agent=lambda text: BOT if text == "bot" else BROWSER,
        source={"google.com": Source(SourceKind.SEARCH), "t.co": Source(SourceKind.SOCIAL)}.get,
        place=lambda ip: Place("IS", "Capital Region", "Reykjavík") if ip == "198.51.100.9" else NO_PLACE,
        stamp=lambda: Stamp(1_000, 5),
        identify=lambda ts, site, ip, _: Identity(ts, site, len(ip)),
    )
    return Enrichment(lookups=lookups, clock=SetClock(0), telemetry=measurements or Measurements(), **knobs)


def accepted(raw: RawEvent = VIEW, request: Request = REQUEST) -> Event:
    """The event that is made of this."""
    outcome = enrichment().run(raw, request, SITE)
    assert isinstance(outcome, Enriched)
    return outcome.event


def test_a_view_becomes_an_event() -> None:
    """Every column of a plain page view has its value, and the bucket comes from the visitor."""
    raw = VIEW._replace(
        url="https://www.Example.com:8443/a?utm_content=c&utm_term=t&secret=1#top",
        path="/caf%C3%A9?x=1",
        referrer="https://www.Google.com/search?q=secret",
        screen_width=1_280,
        status=404,
        engaged_ms=3,
        properties='{"a":1}',
    )
    outcome = enrichment().run(raw, REQUEST, SITE)
    assert isinstance(outcome, Enriched)
    assert outcome.bucket == len(REQUEST.ip)
    assert outcome.event._asdict() == {
        "ts": 1_000,
        "event_id": 5,
        "visitor": 1_000,
        "prev": 7,
        "site": 7,
        "traffic": 0,
        "type": "page_view",
        "name": "",
        "path": "/café",
        "query": "utm_content=c&utm_term=t",
        "referrer": "google.com/search",
        "referrer_host": "google.com",
        "channel": "Organic Search",
        "utm_source": "",
        "utm_medium": "",
        "utm_campaign": "",
        "utm_content": "c",
        "utm_term": "t",
        "hostname": "www.example.com",
        "country": "",
        "region": "",
        "city": "",
        "browser": "Firefox",
        "browser_version": "130",
        "os": "Linux",
        "os_version": "",
        "device": "desktop",
        "screen": "1025-1440",
        "status": 404,
        "engaged_ms": 3,
        "ip": "",
        "properties": '{"a":1}',
    }


def test_only_plain_values_leave() -> None:
    """What crosses the log is text and numbers of the base types, no enum members."""
    event = accepted(request=REQUEST._replace(user_agent="bot"))
    assert {type(value) for value in event} == {int, str}


@pytest.mark.parametrize(
    ("change", "settings", "reason"),
    [
        ({"gpc": True}, {}, DropReason.GLOBAL_PRIVACY_CONTROL),
        ({"gpc": True}, {"honour_gpc": False}, None),
        ({"dnt": True}, {}, DropReason.DO_NOT_TRACK),
        ({"dnt": True}, {"honour_dnt": False}, None),
        ({"prefetch": True}, {}, DropReason.PREFETCH),
        ({"ip": "203.0.113.9"}, {}, DropReason.EXCLUDED_IP),
        ({"ip": "203.0.113.8"}, {}, None),
        ({"ip": "10.255.0.1"}, {}, DropReason.EXCLUDED_IP),
        ({"ip": "::ffff:10.0.0.1"}, {}, DropReason.EXCLUDED_IP),
        ({"ip": "2001:db8:1::5"}, {}, DropReason.EXCLUDED_IP),
        ({"ip": "2001:db9::5"}, {}, None),
        ({"ip": ""}, {}, None),
        ({"ip": "10.0.0.1"}, {"excluded_ips": ()}, None),
        ({}, {"excluded_paths": ("/a",)}, DropReason.EXCLUDED_PATH),
        ({}, {"excluded_paths": ("/b", "/*")}, DropReason.EXCLUDED_PATH),
        ({}, {"excluded_paths": ("/A", "/a/*", "a")}, None),
        ({}, {"excluded_countries": ("DE", "IS")}, None),
        ({"ip": "198.51.100.9"}, {"excluded_countries": ("DE", "IS")}, DropReason.EXCLUDED_COUNTRY),
        ({"ip": "198.51.100.9"}, {"excluded_countries": ("DE",)}, None),
        ({}, {"allowed_hosts": ("example.com",)}, None),
        ({}, {"allowed_hosts": ("example.org",)}, DropReason.OTHER_HOST),
    ],
)
def test_exclusions(change: dict[str, Any], settings: dict[str, Any], reason: DropReason | None) -> None:
    """Excluded traffic ends with its reason, counted once; everything else goes on."""
    measurements = Measurements()
    outcome = enrichment(measurements).run(VIEW, REQUEST._replace(**change), replace(SITE, **settings))
    assert (outcome if isinstance(outcome, DropReason) else None) is reason
    assert measurements.counters["footfall_events_dropped_total"] == (reason is not None)


@pytest.mark.parametrize(
    ("url", "hosts", "counts"),
    [
        ("https://example.com/", ["example.com"], True),
        ("https://EXAMPLE.com.:8443/", ["example.com"], True),
        ("https://www.example.com/", ["example.com"], True),
        ("https://example.com/", ["www.example.com"], False),
        ("https://shop.example.com/", ["example.com"], False),
        ("https://shop.example.com/", ["example.org", "*.example.com"], True),
        ("https://example.com/", ["*.example.com"], False),
        ("https://notexample.com/", ["*.example.com", "example.com"], False),
        ("https://example.com.evil.example/", ["*.example.com", "example.com"], False),
        ("https://evil.example/?example.com", ["example.com"], False),
        ("https://example.com@evil.example/", ["example.com"], False),
        ("http://localhost:3000/", ["example.com"], False),
        ("http://localhost:3000/", ["localhost"], True),
        ("http://[::1]/", ["[::1]"], True),
        ("file:///home/copy.html", ["example.com"], False),
        ("/a", ["example.com"], False),
        ("/a", [], True),
        ("https://anything.example/", [], True),
    ],
)
def test_hosts(url: str, hosts: list[str], counts: bool) -> None:  # noqa: FBT001 - a column of the table
    """A listed host counts, behind www. too; others, and addresses without a host, only where none is listed."""
    outcome = enrichment().run(VIEW._replace(url=url), REQUEST, replace(SITE, allowed_hosts=tuple(hosts)))
    assert isinstance(outcome, Enriched) is counts


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, None),
        ({"excluded_ips": ("198.51.100.9",)}, DropReason.EXCLUDED_IP),
        ({"excluded_paths": ("/a",)}, DropReason.EXCLUDED_PATH),
        ({"excluded_countries": ("IS",)}, DropReason.EXCLUDED_COUNTRY),
        ({"allowed_hosts": ("example.org",)}, DropReason.OTHER_HOST),
    ],
)
def test_one_exclusion_is_enough(settings: dict[str, Any], reason: DropReason | None) -> None:
    """Each is looked at though the site has no other."""
    site = replace(SITE, **{"excluded_ips": (), **settings})
    outcome = enrichment().run(VIEW, REQUEST._replace(ip="198.51.100.9"), site)
    assert (outcome if isinstance(outcome, DropReason) else None) is reason


def test_paths_are_excluded_in_their_one_form() -> None:
    """However a path is written, and whatever the type of the event."""
    site = replace(SITE, excluded_paths=("/café/*",))
    for path in ("/caf%C3%A9/menu", "/cafe\u0301/menu?x=1", "café/menu#top"):
        for type_ in ("page_view", "close_tab", "custom"):
            raw = VIEW._replace(path=path, type=type_)
            assert enrichment().run(raw, REQUEST, site) is DropReason.EXCLUDED_PATH


def test_an_unknown_site_is_a_drop() -> None:
    """Without a site there is nothing to do."""
    assert enrichment().run(VIEW, REQUEST, None) is DropReason.UNKNOWN_SITE


def test_drops_of_known_sites_are_told() -> None:
    """By the site's number, the reason, and the host if that was it; neither accepted events nor unknown sites are."""
    told: list[tuple[int, DropReason, str]] = []
    steps = enrichment(dropped=lambda *drop: told.append(drop))
    for site, dnt in ((SITE, True), (SITE, False), (None, True)):
        steps.run(VIEW, REQUEST._replace(dnt=dnt), site)
    elsewhere = replace(SITE, allowed_hosts=("shop.example",))
    steps.run(VIEW._replace(url="http://LOCALHOST:8080/a"), REQUEST, elsewhere)
    assert told == [(7, DropReason.DO_NOT_TRACK, ""), (7, DropReason.OTHER_HOST, "localhost")]


@pytest.mark.parametrize(
    ("change", "channel", "host"),
    [
        ({}, Channel.DIRECT, ""),
        ({"referrer": "https://google.com/"}, Channel.ORGANIC_SEARCH, "google.com"),
        ({"referrer": "https://google.com/", "utm_medium": "CPC"}, Channel.PAID_SEARCH, "google.com"),
        (
            {"referrer": "https://google.com/", "url": "https://example.com/?utm_medium=ppc"},
            Channel.PAID_SEARCH,
            "google.com",
        ),
        ({"url": "https://example.com/?gclid=abc"}, Channel.PAID_SEARCH, ""),
        ({"referrer": "https://t.co/x", "utm_medium": "cpc"}, Channel.SOCIAL, "t.co"),
        ({"referrer": "https://blog.example.org/x", "utm_medium": "email"}, Channel.EMAIL, "blog.example.org"),
        ({"utm_medium": "Email"}, Channel.EMAIL, ""),
        ({"referrer": "https://blog.example.org/x"}, Channel.REFERRAL, "blog.example.org"),
        ({"referrer": "https://www.example.com/b"}, Channel.DIRECT, ""),
        ({"referrer": "https://shop.example.com/b"}, Channel.DIRECT, ""),
        ({"referrer": "https://notexample.com/b"}, Channel.REFERRAL, "notexample.com"),
        ({"referrer": "http://127.0.0.1:8000/", "url": "http://127.0.0.1:9000/"}, Channel.DIRECT, ""),
    ],
)
def test_channels(change: dict[str, Any], channel: Channel, host: str) -> None:
    """The first rule of the table that fits names the channel; the site's own domain is no referrer."""
    event = accepted(VIEW._replace(**change))
    assert (event.channel, event.referrer_host) == (channel, host)


def test_places() -> None:
    """Country, region and city of the address are on the event, and the address is not."""
    event = accepted(request=REQUEST._replace(ip="198.51.100.9"))
    assert (event.country, event.region, event.city, event.ip) == ("IS", "Capital Region", "Reykjavík", "")


def test_the_body_names_the_campaign_before_the_address() -> None:
    """A field of the body wins over the address's parameter; an empty one does not."""
    url = "https://example.com/?utm_source=url&utm_medium=url&utm_campaign=url"
    event = accepted(VIEW._replace(url=url, utm_source="body", utm_campaign=" "))
    assert (event.utm_source, event.utm_medium, event.utm_campaign) == ("body", "url", "url")


def test_bots_are_flagged_not_dropped() -> None:
    """A bot's event is stored under its class."""
    assert accepted(request=REQUEST._replace(user_agent="bot")).traffic == TrafficClass.BOT


def test_one_event_in_many_is_timed() -> None:
    """Of ten events with every fifth sampled, two are timed, in every step."""
    measurements = Measurements()
    steps = enrichment(measurements, sample_every=5)
    for _ in range(10):
        steps.run(VIEW, REQUEST, SITE)
    assert measurements.counters["footfall_step_events_total"] == 2 * len(STEPS)


def test_without_a_salt_nothing_is_accepted() -> None:
    """What a look-up cannot answer ends the run with its error."""

    def fail(*_: object) -> Identity:
        raise Unavailable("no salt")

    lookups = Lookups(
        agent=lambda _: BROWSER, source=lambda _: None, place=nowhere, stamp=lambda: Stamp(0, 0), identify=fail
    )
    with pytest.raises(Unavailable):
        Enrichment(lookups=lookups, clock=SetClock(0), telemetry=Measurements()).run(VIEW, REQUEST, SITE)


def sent(raw: RawEvent, request: Request, site: Site = SITE) -> Event | DropReason:
    """What becomes of an event that a program tells."""
    outcome = enrichment(steps=SENT_STEPS).run(raw, request, site)
    return outcome.event if isinstance(outcome, Enriched) else outcome


def test_what_programs_tell_is_believed() -> None:
    """Neither headers nor agents nor the ignore list speak against it; its country, query and visitor are its own."""
    raw = VIEW._replace(
        url="https://example.com/a?q=1&utm_source=x#top", country="PL", visitor_id="user-1", keeps_query=True
    )
    event = sent(raw, Request(ip="198.51.100.9", user_agent="bot", gpc=True, dnt=True, prefetch=True))
    assert isinstance(event, Event)
    assert (event.traffic, event.country, event.region) == (TrafficClass.HUMAN, "PL", "")
    assert (event.query, event.utm_source) == ("q=1&utm_source=x", "x")
    assert sent(VIEW, Request(ip="10.0.0.1", user_agent="")) is DropReason.EXCLUDED_IP
    assert sent(VIEW, REQUEST, replace(SITE, excluded_paths=("/a",))) is DropReason.EXCLUDED_PATH


def test_whom_a_program_tells_apart_is_nobody_else() -> None:
    """Its id is hashed in place of address and user agent."""
    asked: list[tuple[object, ...]] = []

    def identify(*given: object) -> Identity:
        asked.append(given)
        return Identity(1, 0, 0)

    lookups = replace(enrichment()._lookups, identify=identify)
    steps = Enrichment(lookups=lookups, clock=SetClock(0), telemetry=Measurements(), steps=SENT_STEPS)
    steps.run(VIEW._replace(visitor_id="user-1"), REQUEST, SITE)
    steps.run(VIEW, REQUEST, SITE)
    assert asked == [(1_000, 7, "id", "user-1"), (1_000, 7, "198.51.100.1", "browser")]


def test_ignored_addresses() -> None:
    """Nobody on the server's list counts, on any site."""
    lookups = replace(enrichment()._lookups, ignored=lambda ip: ip == "198.51.100.1")
    steps = Enrichment(lookups=lookups, clock=SetClock(0), telemetry=Measurements())
    assert steps.run(VIEW, REQUEST, SITE) is DropReason.IGNORED_IP
    assert isinstance(steps.run(VIEW, REQUEST._replace(ip="198.51.100.2"), SITE), Enriched)


@pytest.mark.parametrize(
    ("keeps", "wanted", "expected"), [(False, True, ""), (True, False, ""), (True, True, "198.51.100.1")]
)
def test_addresses_are_kept_where_the_owner_wants_it(keeps: bool, wanted: bool, expected: str) -> None:  # noqa: FBT001 - columns
    """And where they came by an API that shows them; nowhere else."""
    outcome = enrichment().run(VIEW._replace(keeps_ip=keeps), REQUEST, replace(SITE, keep_ips=wanted))
    assert isinstance(outcome, Enriched)
    assert expected == outcome.event.ip
