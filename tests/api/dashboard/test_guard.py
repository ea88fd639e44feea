"""Forms from elsewhere are refused, pages have their headers, and a sign-in leads to our own paths only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dashboard.guard import own_path
from ops.settings import Settings
from tests.api.dashboard.conftest import BASE, FRAGMENT, page_world

if TYPE_CHECKING:
    from tests.api.dashboard.conftest import PageWorld

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/?site=a.example&period=7d", "/?site=a.example&period=7d"),
        ("/settings/site?site=a", "/settings/site?site=a"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\/evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.example", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("/\t/evil.example", "/"),
        ("/ключ", "/"),
        ("", "/"),
        ("/" + "x" * 9_000, "/"),
    ],
)
def test_own_paths(asked: str, led: str) -> None:
    """A path on this server stays as it is; anything else is the start page."""
    assert own_path(asked) == led


@given(st.text(st.sampled_from("/\\:.?#@ \t\nab"), max_size=12))
def test_no_text_leads_elsewhere(text: str) -> None:
    """Whatever is asked for begins with one slash and holds nothing that browsers read as another."""
    found = own_path(text)
    assert found.startswith("/")
    assert not found.startswith("//")
    assert not set(found) & set("\\\t\n")


async def test_forms_from_elsewhere_are_refused(page_world_: PageWorld) -> None:
    """A form must say that a page of this server sent it; each of our forms is guarded the same."""
    world = page_world_
    for headers, status in (
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://stats.example"}, 303),
        ({"Origin": BASE}, 303),
        ({"Sec-Fetch-Site": "same-site", "Origin": BASE}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "https://localhost:8000"}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": f"{BASE}/"}, 403),
        ({}, 403),
    ):
        answer = await world.client.post("/shortcuts", data={"shortcuts": "on"}, headers=headers)
        assert answer.status_code == status, headers
    for path in ("/sign-in", "/sign-out", "/shortcuts", "/funnels", "/segments", "/sites/new"):
        answer = await world.client.post(path, data={"key": world.user_key}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403, path
    assert (await world.client.get("/?site=example.com")).status_code == 200


async def test_our_origin_behind_a_proxy(postgres_database: str) -> None:
    """A trusted proxy tells how a browser reached it; another client cannot, and an operator can say it once."""
    settings = Settings.model_validate({"trusted_proxies": ("10.0.0.1",)})
    async with page_world(postgres_database, settings=settings) as world:
        sent = {"Origin": "https://stats.example", "X-Forwarded-Proto": "https"}
        for address, status in (("10.0.0.1", 303), ("10.0.0.2", 403)):
            browser = world.stranger(base="http://stats.example", address=address)
            answer = await browser.post("/sign-in", data={"key": world.user_key}, headers=sent)
            assert answer.status_code == status, address


async def test_what_is_no_form_is_refused(page_world_: PageWorld) -> None:
    """Files, JSON and bytes that are no text are told apart from a form."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    for kind, content in (
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("application/x-www-form-urlencoded", b"key=%ff"),
        ("application/x-www-form-urlencoded", b"a&" * 3_000),
    ):
        answer = await page_world_.client.post("/sign-in", content=content, headers=headers | {"Content-Type": kind})
        assert answer.status_code == 400, kind


async def test_every_page_has_the_headers(page_world_: PageWorld) -> None:
    """Pages, fragments, redirects and errors have one policy, are kept by nobody else and are not found by search."""
    world = page_world_
    for path, headers, status in (
        ("/?site=example.com", {}, 200),
        ("/?site=example.com", {"Accept": FRAGMENT}, 200),
        ("/?site=example.com&view=help", {}, 200),
        ("/", {}, 302),
        ("/sign-in", {}, 303),
        ("/?site=other.example", {}, 404),
        ("/nowhere", {}, 404),
        ("/settings?site=example.com", {}, 303),
        ("/?site=example.com&format=csv", {}, 200),
    ):
        answer = await world.client.get(path, headers=headers)
        found = answer.headers
        assert (path, answer.status_code) == (path, status)
        assert found["content-security-policy"] == _POLICY, path
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "same-origin"
        assert found["x-robots-tag"] == "noindex"
        assert found["cache-control"] in {"private, no-cache", "no-store"}, path


async def test_pages_are_compressed(page_world_: PageWorld) -> None:
    """A page comes as small as the browser takes it, and caches know what it depends on."""
    for accepted, coding in (("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)):
        answer = await page_world_.client.get("/?site=example.com", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == coding
        assert {"Accept", "Accept-Encoding"} <= set(answer.headers["vary"].split(", "))
        assert "example.com" in answer.text
