"""`GET /`: who sees which report at which address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from api.limits import Rate
from storage import shares
from tests.api.dashboard.conftest import FRAGMENT, PAGE, SENT, page_world

if TYPE_CHECKING:
    from tests.api.dashboard.conftest import PageWorld


def _share(world: PageWorld, *, may_filter: bool) -> str:
    with psycopg.connect(world.dsn) as connection:
        token = shares.insert(connection, world.site.id, name="Team", may_filter=may_filter, expires_at=None)
    assert token is not None
    return f"/share/{token}/"


async def test_the_only_site_is_named(page_world_: PageWorld) -> None:
    """Who has one site is led to its report, whose address names it; who has several is shown them."""
    led = await page_world_.client.get("/")
    assert (led.status_code, led.headers["location"]) == (302, "/?site=example.com")
    shown = await page_world_.client.get(led.headers["location"])
    assert (shown.status_code, "example.com</title>" in shown.text) == (200, True)
    page_world_.make_site("second.example")
    table = await page_world_.client.get("/")
    assert table.status_code == 200
    assert "second.example" in table.text


async def test_one_state_has_one_address(page_world_: PageWorld) -> None:
    """Whatever means the same leads to the one address; a page and a fragment alike."""
    for asked, led in (
        ("/?period=30d&site=EXAMPLE.com&utm_nothing=1", "/?site=example.com"),
        ("/?site=example.com&os=Linux&country=DE&country=DE", "/?site=example.com&country=DE&os=Linux"),
    ):
        for accept in (PAGE, FRAGMENT):
            answer = await page_world_.client.get(asked, headers={"Accept": accept})
            assert (answer.status_code, answer.headers["location"]) == (302, led)


async def test_a_fragment_is_what_changes(page_world_: PageWorld) -> None:
    """A fragment has the report and what names it, not the strip, nor a whole document."""
    page = (await page_world_.client.get("/?site=example.com&view=help")).text
    fragment = (await page_world_.client.get("/?site=example.com&view=help", headers={"Accept": FRAGMENT})).text
    for part in ('<div id="report"', '<header id="header"', '<dialog id="dialog"'):
        assert part in page
        assert part in fragment
    assert 'id="live"' in page
    assert 'id="live"' not in fragment
    assert "<html" not in fragment


async def test_what_belongs_to_others_is_not_there(page_world_: PageWorld) -> None:
    """A site of another account is as if it were none, on every page and for every form; an admin sees all."""
    world = page_world_
    other = world.make_site("other.example", account="others")
    for text in ("other.example", str(other.uuid), "none.example"):
        for path in (
            f"/?site={text}",
            f"/?site={text}&view=pages",
            f"/?site={text}&format=csv",
            f"/live?site={text}",
            f"/suggest?site={text}&dimension=page",
            f"/settings/site?site={text}",
            f"/settings/keys?site={text}",
            f"/settings/shares?site={text}",
        ):
            answer = await world.client.get(path)
            assert (answer.status_code, "other.example" in answer.text.replace(text, "")) == (404, False), path
        for path in ("/funnels", "/segments"):
            sent = {"site": text, "name": "x", "step": "/a", "do": "save"}
            answer = await world.client.post(path, data=sent, headers=SENT)
            assert answer.status_code == 404, path
    admin = world.stranger()
    await world.sign_in(admin, world.admin_key)
    assert (await admin.get("/?site=other.example")).status_code == 200


async def test_two_sites_of_one_domain(page_world_: PageWorld) -> None:
    """Where an admin sees two sites of one domain, an address names them by their UUIDs."""
    other = page_world_.make_site("example.com", account="others")
    admin = page_world_.stranger()
    await page_world_.sign_in(admin, page_world_.admin_key)
    for site in (page_world_.site, other):
        answer = await admin.get(f"/?site={site.uuid}")
        assert answer.status_code == 200
        assert f"site={site.uuid}" in answer.text


async def test_a_share_link_shows_its_site_only(page_world_: PageWorld) -> None:
    """Whoever has a link sees the report of its site, changes nothing and is told to nobody."""
    world = page_world_
    base, closed = _share(world, may_filter=True), _share(world, may_filter=False)
    stranger = world.stranger()
    shown = await stranger.get(f"{base}?country=DE")
    assert (shown.status_code, shown.headers["referrer-policy"]) == (200, "no-referrer")
    assert "Sign out" not in shown.text
    assert "/settings" not in shown.text
    for asked, led in (
        (f"{base}?site=other.example", base),
        (f"{base}?view=share", base),
        (f"{closed}?country=DE&step=/a&step=/b", closed),
        (f"{closed}?view=filter", closed),
    ):
        answer = await stranger.get(asked)
        assert (answer.status_code, answer.headers["location"]) == (302, led)
    assert (await stranger.get("/share/xxxxxxxxxxxxxxxxxxxxxx/")).status_code == 404
    assert (await stranger.get("/?site=example.com")).status_code == 303


async def test_requests_are_limited_by_session(postgres_database: str) -> None:
    """One session that asks too often waits as it is told; another one does not."""
    async with page_world(postgres_database, limit=Rate(2, 60)) as world:
        answers = [await world.client.get("/?site=example.com") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2].headers["retry-after"]) > 0
        other = world.stranger()
        await world.sign_in(other, world.user_key)
        assert (await other.get("/?site=example.com")).status_code == 200


async def test_people_are_told_in_words(page_world_: PageWorld) -> None:
    """Errors of pages are pages; programs get the envelope, also of the same path, and the API never a page."""
    for path in ("/nowhere", "/share/short/"):
        shown = await page_world_.client.get(path)
        assert (shown.status_code, "<h1>There is nothing here</h1>" in shown.text) == (404, True)
        told = await page_world_.client.get(path, headers={"Accept": "*/*"})
        assert (told.status_code, told.json()["error"]["code"]) == (404, "NOT_FOUND")
    api = await page_world_.client.get("/api/v1/nowhere", headers={"X-API-KEY": page_world_.user_key})
    assert (api.status_code, api.json()["error"]["code"]) == (404, "NOT_FOUND")
    other = await page_world_.client.get("/api/v1/nowhere")
    assert (other.status_code, [*other.json()]) == (404, ["error"])


async def test_when_the_database_is_away(postgres_database: str, postgres_dsn: str) -> None:
    """The page says that it cannot be reached just now, and when to try again."""
    async with page_world(postgres_database, patience=5) as world:
        with psycopg.connect(postgres_dsn, autocommit=True) as admin:
            name = world.dsn.rpartition("/")[2].partition("?")[0]
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        answer = await world.client.get("/?site=example.com")
    assert (answer.status_code, "<h1>Not just now</h1>" in answer.text) == (503, True)
    assert int(answer.headers["retry-after"]) > 0
