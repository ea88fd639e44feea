"""Signing in with a key: cookies, sessions that end, tries that are counted, and where a sign-in leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from api.limits import SIGN_IN_RATE
from core.accounts import Api
from core.spans import DAY
from ops.clock import SystemClock
from ops.settings import Settings
from storage import keys, page_sessions, users
from tests.api.dashboard.conftest import FRAGMENT, SENT, page_world
from tests.clocks import SetClock

if TYPE_CHECKING:
    from uuid import UUID

    from tests.api.dashboard.conftest import PageWorld

_PROXY = "10.0.0.1"


def _sessions(world: PageWorld) -> int:
    with psycopg.connect(world.dsn) as connection:
        row = connection.execute("SELECT count(*) FROM page_sessions").fetchone()
    assert row is not None
    found: int = row[0]
    return found


async def test_strangers_are_led_to_the_sign_in(page_world_: PageWorld) -> None:
    """A page leads there and says where somebody wanted to go; a fragment is refused; a program gets the envelope."""
    stranger = page_world_.stranger()
    led = await stranger.get("/?site=example.com&period=7d")
    assert led.status_code == 303
    assert led.headers["location"] == "/sign-in?next=%2F%3Fsite%3Dexample.com%26period%3D7d"
    refused = await stranger.get("/?site=example.com", headers={"Accept": FRAGMENT})
    assert refused.status_code == 401
    told = await stranger.get("/", headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["error"]["code"]) == (401, "UNAUTHORIZED")


async def test_the_cookie_on_this_machine(page_world_: PageWorld) -> None:
    """On plain HTTP on this machine it goes by its short name; it is out of reach of scripts and other sites."""
    answer = await page_world_.sign_in(page_world_.stranger(), page_world_.user_key, next="/?site=example.com")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?site=example.com")
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith("footfall=")
    assert sorted(attributes) == ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax"]


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        (
            Settings.model_validate({"public_url": "https://stats.example"}),
            [("http://10.1.1.1:8000", ""), ("http://localhost:8000", "")],
        ),
        (
            Settings.model_validate({"trusted_proxies": (_PROXY,)}),
            [("http://stats.example", "https"), ("http://localhost", "http, https"), ("https://stats.example", "")],
        ),
    ],
)
async def test_the_cookie_elsewhere(postgres_database: str, settings: Settings, asked: list[tuple[str, str]]) -> None:
    """Where a browser is elsewhere, the cookie is bound to the host and to HTTPS, whatever lies between."""
    async with page_world(postgres_database, settings=settings) as world:
        for base, forwarded in asked:
            browser = world.stranger(base=base, address=_PROXY)
            sent = {"Sec-Fetch-Site": "same-origin", "Origin": "https://stats.example", "X-Forwarded-Proto": forwarded}
            answer = await browser.post("/sign-in", data={"key": world.user_key}, headers=sent)
            name, *attributes = answer.headers["set-cookie"].split("; ")
            assert name.startswith("__Host-footfall="), base
            assert sorted(attributes) == ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax", "Secure"]


async def test_plain_http_elsewhere(page_world_: PageWorld) -> None:
    """A browser that would send a key in clear over a network is told so."""
    browser = page_world_.stranger(base="http://stats.example")
    sent = {"Origin": "http://stats.example"}
    answer = await browser.post("/sign-in", data={"key": page_world_.user_key}, headers=sent)
    assert (answer.status_code, "needs https" in answer.text) == (422, True)
    assert "set-cookie" not in answer.headers


async def test_wrong_keys_are_told_the_same(page_world_: PageWorld) -> None:
    """Whatever is wrong with a key, there is one answer, which does not repeat it."""
    for key in ("", " ", "tt_" + "x" * 43, "x" * 300, "tt_\0", "ключ"):
        answer = await page_world_.sign_in(page_world_.stranger(), key)
        assert answer.status_code == 422
        assert "This key opens nothing here." in answer.text
        assert "set-cookie" not in answer.headers
        assert not key.strip() or key not in answer.text


async def test_tries_are_counted_by_address(postgres_database: str) -> None:
    """After five tries in a minute an address waits, as long as it is told to; another address does not."""
    clock = SetClock(SystemClock().now_ms())
    async with page_world(postgres_database, clock=clock, tries=SIGN_IN_RATE) as world:
        one, other = world.stranger(address="2001:db8::1"), world.stranger(address="2001:db8:0:1::1")
        same = world.stranger(address="2001:db8::ffff:1")
        tried = [(await world.sign_in(one, "wrong")).status_code for _ in range(5)]
        refused = await world.sign_in(same, world.user_key)
        assert (tried, refused.status_code) == ([422] * 5, 429)
        assert "Too many tries" in refused.text
        wait = int(refused.headers["retry-after"])
        assert (await world.sign_in(other, world.user_key)).status_code == 303
        clock.pass_seconds(wait)
        assert (await world.sign_in(same, world.user_key)).status_code == 303


async def test_next_is_a_path_of_ours(page_world_: PageWorld) -> None:
    """A sign-in leads to where somebody wanted to go, and never to another server."""
    for asked, led in (("/?site=a.example&period=7d", "/?site=a.example&period=7d"), ("//evil.example", "/")):
        answer = await page_world_.sign_in(page_world_.stranger(), page_world_.user_key, next=asked)
        assert (answer.status_code, answer.headers["location"]) == (303, led)
        again = await page_world_.client.get("/sign-in", params={"next": asked})
        assert (again.status_code, again.headers["location"]) == (303, led)


async def test_signing_out(page_world_: PageWorld) -> None:
    """The row is gone with the session, and the cookie with it; whoever kept the cookie has nothing."""
    token = page_world_.client.cookies["footfall"]
    answer = await page_world_.client.post("/sign-out", headers=SENT)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert _sessions(page_world_) == 0
    kept = page_world_.stranger()
    kept.cookies["footfall"] = token
    assert (await kept.get("/")).headers["location"].startswith("/sign-in")


async def test_signing_in_again_ends_the_session_before(page_world_: PageWorld) -> None:
    """A browser has one session at a time."""
    await page_world_.sign_in(page_world_.client, page_world_.admin_key)
    assert _sessions(page_world_) == 1


async def test_sessions_roll(postgres_database: str) -> None:
    """A session that is used lasts 30 days from then on; one that is not ends after 30, and is swept away."""
    clock = SetClock(SystemClock().now_ms())
    async with page_world(postgres_database, clock=clock) as world:
        clock.now += 20 * DAY
        rolled = await world.client.get("/?site=example.com")
        assert (rolled.status_code, "Max-Age=2592000" in rolled.headers["set-cookie"]) == (200, True)
        assert "set-cookie" not in (await world.client.get("/?site=example.com")).headers
        clock.now += 29 * DAY
        assert (await world.client.get("/?site=example.com")).status_code == 200
        clock.now += 30 * DAY
        assert (await world.client.get("/?site=example.com")).status_code == 303
        with psycopg.connect(world.dsn) as connection:
            assert page_sessions.forget(connection, now=clock.now) == 1
            assert page_sessions.forget(connection, now=clock.now) == 0


async def test_a_session_ends_with_its_key(page_world_: PageWorld) -> None:
    """When the key is revoked, or its user or account deleted, the next page asks for another; the row is swept."""
    for end in ("key", "user", "account"):
        key, browser = page_world_.make_key(end), page_world_.stranger()
        await page_world_.sign_in(browser, key)
        assert (await browser.get("/")).status_code == 200
        with psycopg.connect(page_world_.dsn) as connection:
            found = keys.find(connection, Api.TINYTRAIL, key)
            assert found is not None
            _end(connection, end, found.user_id, found.account_id, key)
        assert (await browser.get("/")).headers["location"].startswith("/sign-in")
        with psycopg.connect(page_world_.dsn) as connection:
            assert page_sessions.forget(connection, now=SystemClock().now_ms()) == 1


async def test_what_the_store_keeps(page_world_: PageWorld) -> None:
    """The token itself is nowhere in the store."""
    token = page_world_.client.cookies["footfall"]
    with psycopg.connect(page_world_.dsn) as connection:
        row = connection.execute("SELECT token_hash FROM page_sessions").fetchone()
    assert row is not None
    assert bytes(row[0]) == page_sessions.token_hash(token)
    assert token.encode() not in bytes(row[0])


async def test_shortcuts_are_switched_off_for_the_session(page_world_: PageWorld) -> None:
    """Whether letters are shortcuts is kept with the session, not in the browser."""
    url = "/?site=example.com&view=help"
    off = await page_world_.client.post("/shortcuts", data={"shortcuts": "off", "next": url}, headers=SENT)
    assert (off.status_code, off.headers["location"]) == (303, url)
    assert 'data-shortcuts="off"' in (await page_world_.client.get(url)).text
    await page_world_.client.post("/shortcuts", data={"shortcuts": "on"}, headers=SENT)
    assert 'data-shortcuts="off"' not in (await page_world_.client.get(url)).text


def _end(connection: psycopg.Connection, end: str, user: UUID, account: UUID, key: str) -> None:
    if end == "user":
        users.delete(connection, user)
    elif end == "account":
        connection.execute("UPDATE accounts SET deleted_at = now() WHERE id = %s", [account])
    else:
        connection.execute("UPDATE api_keys SET revoked_at = now() WHERE key_hash = %s", [keys.key_hash(key)])
