"""`/api/v1/collect` as the API's text has it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from api.dialects.tinytrail.bodies import read_body
from core.errors import InvalidInput, Overloaded, Refused, Unavailable
from core.events import TrafficClass
from ops.clock import SystemClock
from tests.api.world import BROWSER, CRAWLER, World, client, serving
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx


def refusal(response: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of an error answer."""
    body = response.json()
    assert body.keys() == {"status", "error"}
    assert body["status"] == "error"
    return response.status_code, body["error"]["code"], body["error"]["message"]


async def test_a_page_view_is_accepted(world: World) -> None:
    """The text's own example is stored and answered 202 with the documented body."""
    response = await world.collect(world.view())
    assert (response.status_code, response.json()) == (202, {"status": "accepted"})
    (event,) = world.log.events
    assert (event.site, event.type, event.path, event.utm_source, event.channel) == (
        world.site.id,
        "page_view",
        "/blog/post-1",
        "twitter",
        "Social",
    )
    assert (event.browser, event.os, event.device, event.screen) == ("Firefox", "Linux", "desktop", "1441+")
    assert event.visitor != 0


async def test_the_headers_of_every_answer(world: World) -> None:
    """Accepted, dropped or refused: the origin is echoed with credentials, and no cookie is set."""
    for body in (world.view(), world.view(website_id="x"), {}):
        response = await world.collect(body)
        assert response.headers["access-control-allow-origin"] == "https://example.com"
        assert response.headers["access-control-allow-credentials"] == "true"
        assert response.headers["vary"] == "Origin"
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "set-cookie" not in response.headers


async def test_every_answer_may_be_read_by_any_page(postgres_database: str) -> None:
    """Errors too, whatever they are, carry what a page of any origin needs; cookies that come along change nothing."""
    async with serving(postgres_database, rate_limits=True) as world:
        world.client.cookies.set("session", "of the collector's own")
        statuses = []
        for body, failure in (
            (world.view(), None),
            (world.view(website_id="x"), None),
            (b"{", None),
            (b" " * 65_537, None),
            (world.view(), Unavailable("not durable")),
            (world.view(), RuntimeError("a bug")),
            *[(world.view(website_id="x"), None)] * 5,
        ):
            world.log.failure = failure
            response = await world.collect(body, Origin="null")
            statuses.append(response.status_code)
            assert readable(response, "null")
        refused = await world.client.get("/api/v1/collect", headers={"Origin": "null"})
        assert readable(refused, "null")
        assert [*statuses, refused.status_code] == [202, 204, 400, 413, 503, 500, 204, 204, 204, 204, 429, 405]
        assert len(world.log.events) == 1


def readable(response: httpx.Response, origin: str) -> bool:
    """Whether a page of this origin may read it, and no cookie is set."""
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "vary": "Origin",
        "cross-origin-resource-policy": "cross-origin",
    }.items() <= dict(response.headers).items() and "set-cookie" not in response.headers


async def test_the_site_says_whether_signals_are_honoured(world: World) -> None:
    """A browser that asks not to be counted is counted where the site's owner decided so, whatever the tracker did."""
    world.execute("UPDATE sites SET honour_gpc = false WHERE id = %s", world.site.id)
    assert (await world.collect(world.view(), **{"Sec-GPC": "1"})).status_code == 202
    assert (await world.collect(world.view(), **{"Sec-GPC": "1", "DNT": "1"})).status_code == 204
    other = world.make_site("other.example")
    world.execute("UPDATE sites SET honour_dnt = false WHERE id = %s", other.id)
    view = world.view(website_id=str(other.uuid))
    assert (await world.collect(view, DNT="1")).status_code == 202
    assert (await world.collect(view, **{"Sec-GPC": "1", "DNT": "1"})).status_code == 204


async def test_an_owner_excludes(world: World) -> None:
    """Paths, hosts and addresses that a site's owner excludes are answered 204, not stored, and counted by reason."""
    world.execute(
        "UPDATE sites SET excluded_paths = '{/admin*}', allowed_hosts = '{example.com}', excluded_ips = '{192.0.2.1}'"
        " WHERE id = %s",
        world.site.id,
    )
    assert (await world.collect(world.view())).status_code == 202
    for excluded in ({"path": "/admin/users?x=1"}, {"url": "http://localhost:3000/blog/post-1"}, {"url": "/blog"}):
        assert (await world.collect(world.view(**excluded))).status_code == 204
    mixed = [world.view(path="/admin"), world.view(path="/b")]
    assert (await world.collect(mixed)).status_code == 202
    assert [event.path for event in world.log.events] == ["/blog/post-1", "/b"]


async def test_the_preflight(world: World) -> None:
    """OPTIONS answers 204 with what the text lists."""
    response = await world.client.options("/api/v1/collect", headers={"Origin": "https://a.example"})
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == "https://a.example"
    assert response.headers["access-control-allow-methods"] == "POST, OPTIONS"
    assert response.headers["access-control-allow-headers"] == "Content-Type"
    assert response.headers["access-control-allow-credentials"] == "true"
    assert response.headers["vary"] == "Origin"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods(world: World, method: str) -> None:
    """405 with the methods that are allowed."""
    response = await world.client.request(method, "/api/v1/collect")
    assert refusal(response)[:2] == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "POST, OPTIONS"


async def test_a_beacon_is_taken(world: World) -> None:
    """The content type does not matter: beacons send JSON as text/plain."""
    response = await world.collect(json.dumps(world.view()).encode(), **{"Content-Type": "text/plain;charset=UTF-8"})
    assert response.status_code == 202


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"website_id": "not-a-uuid"}, {}),
        ({"website_id": str(uuid4())}, {}),
        ({}, {"Sec-GPC": "1"}),
        ({}, {"DNT": "1"}),
        ({}, {"Sec-Purpose": "prefetch;prerender"}),
        ({}, {"Purpose": "prefetch"}),
        ({}, {"X-Moz": "prefetch"}),
    ],
)
async def test_silent_drops(world: World, body: dict[str, Any], headers: dict[str, str]) -> None:
    """Unknown sites and excluded traffic: 204, no body, nothing stored, one drop counted."""
    response = await world.collect(world.view(**body), **headers)
    assert (response.status_code, response.content) == (204, b"")
    assert world.log.events == []
    await world.client.get("/metrics", headers={"X-API-KEY": world.admin_key})
    assert world.measurements.counters["footfall_events_dropped_total"] == 1


async def test_a_site_settings_count_at_once(world: World) -> None:
    """An address excluded now is dropped from the next event on, and a site deleted now is unknown soon."""
    assert (await world.collect(world.view())).status_code == 202
    world.execute("UPDATE sites SET excluded_ips = '{198.51.100.0/24}' WHERE id = %s", world.site.id)
    assert await eventually(world, 204)
    world.execute("UPDATE sites SET excluded_ips = '{}' WHERE id = %s", world.site.id)
    assert await eventually(world, 202)
    world.execute("UPDATE sites SET deleted_at = now() WHERE id = %s", world.site.id)
    assert await eventually(world, 204)


async def eventually(world: World, status: int) -> bool:
    """Whether a view is answered so within two seconds; nothing but the notification is waited for."""
    for _ in range(100):
        if (await world.collect(world.view())).status_code == status:
            return True
        await asyncio.sleep(0.02)
    return False


async def test_a_site_made_a_moment_ago_counts(world: World) -> None:
    """A miss asks the store, so that no first event is lost."""
    site = world.make_site("new.example")
    assert (await world.collect(world.view(website_id=str(site.uuid)))).status_code == 202


async def test_a_site_may_be_written_in_capitals(world: World) -> None:
    """A UUID is a UUID in any case."""
    assert (await world.collect(world.view(website_id=str(world.site.uuid).upper()))).status_code == 202


@pytest.mark.parametrize("agent", [CRAWLER, "curl/8.5.0", "", BROWSER.replace("Firefox", "HeadlessChrome")])
async def test_bots_are_stored_and_answered_204(world: World, agent: str) -> None:
    """A bot learns nothing; its event is stored under its class."""
    response = await world.collect(world.view(), **{"User-Agent": agent})
    assert response.status_code == 204
    assert [event.traffic for event in world.log.events] == [TrafficClass.BOT]


LINK = '{"url":"https://x.example/a"}'


@pytest.mark.parametrize(
    ("event_type", "properties", "stored"),
    [
        ("page_view", None, ("page_view", "", 0, 0, "")),
        ("page_view", {"status": 404}, ("page_view", "", 404, 0, "")),
        ("page_view", {"status": "x"}, ("page_view", "", 0, 0, '{"status":"x"}')),
        ("close_tab", {"engaged_ms": 1500.7}, ("close_tab", "", 0, 1_500, "")),
        ("close_tab", {"engaged_ms": 10**12}, ("close_tab", "", 0, 86_400_000, "")),
        ("close_tab", {"engaged_ms": -1, "a": 1}, ("close_tab", "", 0, 0, '{"a":1}')),
        ("close_tab", {"engaged_ms": True}, ("close_tab", "", 0, 0, '{"engaged_ms":true}')),
        ("scroll_25", None, ("scroll_25", "", 0, 0, "")),
        ("web_vitals", {"lcp": 80.5}, ("web_vitals", "", 0, 0, '{"lcp":80.5}')),
        ("outbound_link", {"url": "x"}, ("outbound_link", "", 0, 0, '{"url":"x"}')),
        ("outbound_link", {"url": "https://x.example/a?token=1#b"}, ("outbound_link", "", 0, 0, LINK)),
        ("outbound_link", {"url": 5}, ("outbound_link", "", 0, 0, '{"url":5}')),
        ("file_download", {"url": "https://x.example/a#b?c"}, ("custom", "file_download", 0, 0, LINK)),
        ("custom", {"name": "file_download", "url": "https://x.example/a?"}, ("custom", "file_download", 0, 0, LINK)),
        ("custom", {"name": "search", "url": "/?q=1"}, ("custom", "search", 0, 0, '{"url":"/?q=1"}')),
        ("custom", {"name": "signup", "plan": "pro"}, ("custom", "signup", 0, 0, '{"plan":"pro"}')),
        ("custom", {"event_name": "signup"}, ("custom", "signup", 0, 0, "")),
        ("custom", {"event": "signup"}, ("custom", "signup", 0, 0, "")),
        ("custom", {"name": 5, "event": "signup"}, ("custom", "signup", 0, 0, '{"name":5}')),
        ("custom", {}, ("custom", "custom", 0, 0, "")),
        ("custom", None, ("custom", "custom", 0, 0, "")),
        ("purchase", {"name": "x"}, ("custom", "purchase", 0, 0, '{"name":"x"}')),
        ("engagement", None, ("custom", "engagement", 0, 0, "")),
    ],
)
def test_types_names_and_properties(
    event_type: str, properties: dict[str, Any] | None, stored: tuple[str, str, int, int, str]
) -> None:
    """Default types are kept, others are custom events of that name; what has a column leaves the properties."""
    body = {"website_id": "w", "event_type": event_type, "url": "u", "path": "/", "properties": properties}
    ((_, raw),) = read_body(json.dumps(body).encode())
    assert (raw.type, raw.name, raw.status, raw.engaged_ms, raw.properties) == stored


NESTED: Any = 1
for _ in range(8):
    NESTED = {"a": NESTED}


BAD_FIELDS: list[tuple[dict[str, Any], str]] = [
    *(({name: None}, name) for name in ("website_id", "event_type", "url", "path")),
    *(({name: 5}, name) for name in ("website_id", "event_type", "url", "path", "referrer", "utm_source")),
    *(({name: ""}, name) for name in ("website_id", "event_type", "url")),
    ({"event_type": "x" * 65}, "event_type"),
    ({"screen_width": "wide"}, "screen_width"),
    ({"screen_height": []}, "screen_height"),
    ({"properties": []}, "properties"),
    ({"properties": "x"}, "properties"),
    ({"properties": {"a": "x" * 8_192}}, "properties"),
    ({"properties": {"a": NESTED}}, "properties"),
    ({"properties": {"a": "\0"}}, "properties.a"),
    ({"properties": {"\0": 1}}, "properties"),
    ({"properties": {"name": "x" * 256}, "event_type": "custom"}, "properties.name"),
    *(({name: "a\0b"}, name) for name in ("website_id", "event_type", "url", "path", "referrer", "utm_medium")),
    *(({name: "a\ud800b"}, name) for name in ("event_type", "url", "path", "referrer", "utm_campaign")),
    ({"properties": {"a": ["\udfff"]}}, "properties"),
]


def bad_body(change: dict[str, Any]) -> bytes:
    """A good body with this change; None takes a field away."""
    body = {"website_id": "w", "event_type": "page_view", "url": "u", "path": "/"} | change
    return json.dumps({name: value for name, value in body.items() if value is not None}).encode()


@pytest.mark.parametrize(("change", "field"), BAD_FIELDS)
def test_bad_fields_are_named(change: dict[str, Any], field: str) -> None:
    """A field that is missing, of the wrong type, too large or not storable is refused by its name."""
    with pytest.raises(InvalidInput, match=re.escape(field)):
        read_body(bad_body(change))
    with pytest.raises(InvalidInput, match=re.escape(f"[1].{field}")):
        read_body(b"[%s,%s]" % (bad_body({}), bad_body(change)))


BAD_BODIES = [
    b"",
    b"{",
    b"null",
    b"5",
    b'"text"',
    b"[]",
    b"{}",
    b"[" * 30_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b"\x00\x01\x02\xff",
    b"\xef\xbb\xbf{}",
    b'{"website_id": "\xff"}',
    b'{"website_id": "a", "properties": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    b'{"website_id": NaN}',
]


async def test_bad_bodies(world: World) -> None:
    """Bad fields and bodies that are empty, truncated, deeply nested or binary: 400 each, and the next view counts."""
    for body in (*BAD_BODIES, *(bad_body(change) for change, _ in BAD_FIELDS)):
        assert refusal(await world.collect(body))[:2] == (400, "INVALID_PAYLOAD")
    assert world.log.events == []
    assert (await world.collect(world.view())).status_code == 202


async def test_large_bodies(world: World) -> None:
    """Up to 64 KiB is read, beyond it 413, declared or not."""
    fitting = json.dumps(world.view(padding="")).encode()
    fitting = json.dumps(world.view(padding="x" * (65_536 - len(fitting)))).encode()
    assert len(fitting) == 65_536
    assert (await world.collect(fitting)).status_code == 202
    assert refusal(await world.collect(fitting + b" "))[:2] == (413, "INVALID_PAYLOAD")

    async def undeclared() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 4_096

    response = await world.client.post("/api/v1/collect", content=undeclared())
    assert refusal(response)[:2] == (413, "INVALID_PAYLOAD")


async def test_arrays(world: World) -> None:
    """An array is one commit; it is accepted if one of its events is a human's."""
    other = world.view(path="/b")
    response = await world.collect([world.view(website_id="unknown"), world.view(path="/a"), other])
    assert response.status_code == 202
    assert [[event.path for _, event in batch] for batch in world.log.appended] == [["/a", "/b"]]
    assert world.log.events[0].event_id < world.log.events[1].event_id
    assert (await world.collect([other], **{"User-Agent": CRAWLER})).status_code == 204
    assert (await world.collect([world.view(website_id="unknown")])).status_code == 204


async def test_one_bad_element_refuses_the_array(world: World) -> None:
    """400 names the index, and nothing is stored; more than 32 are refused as well."""
    for bad, place in ((world.view(url=5), "[1].url"), (7, "[1]"), (world.view(path="\0"), "[1].path")):
        status, _, message = refusal(await world.collect([world.view(), bad]))
        assert status == 400
        assert place in message
    assert refusal(await world.collect([world.view()] * 33))[0] == 400
    assert world.log.events == []
    assert (await world.collect([world.view()] * 32)).status_code == 202


@pytest.mark.parametrize(
    ("failure", "status", "code", "retry_after"),
    [
        (Overloaded("too much is waiting", retry_after=3), 503, "UNAVAILABLE", "3"),
        (Unavailable("not durable"), 503, "UNAVAILABLE", "1"),
        (Refused("the store refuses it"), 400, "INVALID_PAYLOAD", None),
        (RuntimeError("a bug"), 500, "INTERNAL_ERROR", None),
    ],
)
async def test_failures_of_the_log(
    world: World, failure: Exception, status: int, code: str, retry_after: str | None
) -> None:
    """What the log answers reaches the client; after it recovered all is well."""
    world.log.failure = failure
    response = await world.collect(world.view())
    assert refusal(response)[:2] == (status, code)
    assert response.headers.get("retry-after") == retry_after
    assert response.headers["access-control-allow-origin"] == "https://example.com"
    world.log.failure = None
    assert (await world.collect(world.view())).status_code == 202


async def test_ten_requests_in_ten_seconds(postgres_database: str) -> None:
    """The eleventh request of an address is refused first of all, with the time to wait; others are not."""
    async with serving(postgres_database, rate_limits=True) as world:
        for _ in range(10):
            assert (await world.collect(world.view())).status_code == 202
        response = await world.collect(b"not even JSON")
        assert refusal(response)[:2] == (429, "RATE_LIMITED")
        assert 1 <= int(response.headers["retry-after"]) <= 10
        async with client(world.app, "198.51.100.8") as other:
            assert (await other.post("/api/v1/collect", content=b"")).status_code == 400


async def test_an_array_is_one_request(postgres_database: str) -> None:
    """Ten arrays of 32 events are ten requests."""
    async with serving(postgres_database, rate_limits=True) as world:
        statuses = [(await world.collect([world.view()] * 32)).status_code for _ in range(11)]
        assert statuses == [202] * 10 + [429]
        assert len(world.log.events) == 320


async def test_forged_addresses(postgres_database: str) -> None:
    """Without a trusted proxy X-Forwarded-For changes neither the limit nor the visitor."""
    async with serving(postgres_database, rate_limits=True) as world:
        statuses = [
            (await world.collect(world.view(), **{"X-Forwarded-For": f"192.0.2.{n}"})).status_code for n in range(11)
        ]
        assert statuses == [202] * 10 + [429]
        assert len({event.visitor for event in world.log.events}) == 1


async def test_behind_a_proxy(postgres_database: str) -> None:
    """A trusted proxy's word is taken: the rightmost address that is not a proxy's."""
    async with serving(postgres_database, trusted=["198.51.100.0/24", "10.0.0.0/8"]) as world:
        for forwarded in ("192.0.2.1", "6.6.6.6, 192.0.2.1", "192.0.2.1, 10.0.0.1", "192.0.2.1:99", "192.0.2.2"):
            assert (await world.collect(world.view(), **{"X-Forwarded-For": forwarded})).status_code == 202
        *same, other = [event.visitor for event in world.log.events]
        assert len(set(same)) == 1
        assert other != same[0]


async def test_a_clock_that_is_off(postgres_database: str) -> None:
    """A collector an hour off its store accepts nothing, makes no salt and deletes none."""
    clock = SetClock(SystemClock().now_ms() + 3_600_000)
    async with serving(postgres_database, clock=clock) as world:
        response = await world.collect(world.view())
        assert refusal(response)[:2] == (503, "UNAVAILABLE")
        assert "clock" in response.json()["error"]["message"]
        assert int(response.headers["retry-after"]) > 0


def test_message_of_a_body_that_is_no_event() -> None:
    """The decoder's words are not passed on without ours."""
    with pytest.raises(InvalidInput, match="an event or an array"):
        read_body(b"5")
