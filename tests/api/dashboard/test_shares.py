"""Share links in a browser: making them, and what whoever has one sees."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from api.dashboard.settings.expiries import expires_at
from core.errors import InvalidInput
from core.spans import DAY
from storage import shares
from tests.api.dashboard.conftest import FRAGMENT, SENT

if TYPE_CHECKING:
    import httpx

    from core.shares import Share
    from tests.api.dashboard.conftest import PageWorld

URL: Final = "/settings/shares?site=example.com"
NOW: Final = round(datetime(2026, 11, 10, 12, tzinfo=UTC).timestamp() * 1000)
NIGHT: Final = round(datetime(2026, 11, 11, tzinfo=UTC).timestamp() * 1000)


async def send(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Send the section's form."""
    return await client.post(URL, data=fields, headers=SENT)


async def make(world: PageWorld, **fields: str) -> str:
    """A new link, as the answer shows it; its path."""
    answer = await send(world.client, **({"name": "Board", "expiry": "never"} | fields))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    found = re.search(r"http://localhost:8000(/share/[A-Za-z0-9_-]{22}/)", answer.text)
    assert found is not None
    return found[1]


def kept(world: PageWorld) -> list[Share]:
    """The site's links as they are in the store."""
    with psycopg.connect(world.dsn) as connection:
        return shares.of_site(connection, world.site.id)


@pytest.mark.parametrize(
    ("chosen", "typed", "expected"),
    [
        ("never", "", None),
        ("never", "2026-01-01", None),
        ("30d", "", NOW + 30 * DAY),
        ("30d", "2026-11-10", NIGHT),
        ("date", "2026-11-10", NIGHT),
        ("date", " 2026-12-10 ", NIGHT + 30 * DAY),
    ],
)
def test_links_end_as_it_is_chosen(chosen: str, typed: str, expected: int | None) -> None:
    """A date is the last day of the link, where the site counts its days."""
    assert expires_at(chosen, typed, now=NOW, zone=UTC) == expected


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [("", ""), ("1h", ""), ("date", ""), ("date", "x"), ("date", "2026-11-09"), ("date", "2999-01-01")],
)
def test_other_ends_are_refused(chosen: str, typed: str) -> None:
    """With what to do."""
    with pytest.raises(InvalidInput, match=r"must be"):
        expires_at(chosen, typed, now=NOW, zone=UTC)


async def test_a_link_shows_the_report(page_world_: PageWorld) -> None:
    """To whoever has it, read-only, kept out of search engines and out of referrers; its use is noted."""
    path = await make(page_world_, may_filter="on")
    assert path.split("/")[2] not in (await page_world_.client.get(URL)).text
    async with page_world_.stranger() as client:
        answer = await client.get(f"{path}?period=7d")
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers
        assert "example.com" in answer.text
        for forbidden in ("/settings", "/sign-out", "/sites/new", "view=share", "view=note"):
            assert forbidden not in answer.text, forbidden
        fragment = await client.get(f"{path}?period=7d", headers={"Accept": FRAGMENT})
        assert (fragment.status_code, fragment.headers["referrer-policy"]) == (200, "no-referrer")
    (share,) = kept(page_world_)
    assert share.used_at is not None
    assert "last used today" in (await page_world_.client.get(URL)).text


async def test_filters_need_leave(page_world_: PageWorld) -> None:
    """Without it an address with filters leads to the one without, and no form takes any."""
    free, bound = await make(page_world_, may_filter="on"), await make(page_world_)
    async with page_world_.stranger() as client:
        assert (await client.get(f"{free}?country=DE")).status_code == 200
        for query in ("country=DE", "page=/a*", "view=filter", "property:plan=x"):
            led = await client.get(f"{bound}?{query}")
            assert (led.status_code, led.headers["location"]) == (302, bound), query
        for path in ("filter?dimension=country&value=DE", "suggest?dimension=country&q=D", "funnel?step=/&step=/a"):
            assert (await client.get(f"{bound}{path}")).status_code == 403, path


async def test_a_link_ends(page_world_: PageWorld) -> None:
    """Revoked or expired it is not found, with one kind sentence, however it is asked."""
    path = await make(page_world_)
    (share,) = kept(page_world_)
    async with page_world_.stranger() as client:
        assert (await client.get(path)).status_code == 200
        revoked = await send(page_world_.client, action=f"revoke:{share.id}")
        assert (revoked.status_code, revoked.headers["location"]) == (303, f"{URL}&saved=revoked")
        assert (await send(page_world_.client, action=f"revoke:{share.id}")).status_code == 404
        expired = await make(page_world_, expiry="30d")
        page_world_.execute("UPDATE shares SET expires_at = now() - interval '1 second'")
        for gone in (path, expired, "/share/short/", f"/share/{'x' * 22}/"):
            for url in (gone, f"{gone}live", f"{gone}suggest", f"{gone}?format=csv&view=pages"):
                answer = await client.get(url)
                assert answer.status_code == 404, url
            assert "ask whoever gave it to you for another one" in (await client.get(gone)).text
    assert "Ended" in (await page_world_.client.get(URL)).text


async def test_a_link_reaches_its_site_alone(page_world_: PageWorld) -> None:
    """No other site of the account, nothing that is to be kept, and nothing of the API, on any route of the page."""
    other = page_world_.make_site("other.example")
    path = await make(page_world_, may_filter="on")
    async with page_world_.stranger() as client:
        for name in ("other.example", str(other.uuid), "example.com"):
            led = await client.get(f"{path}?site={name}")
            assert (led.status_code, led.headers["location"]) == (302, path)
            for view in ("pages", "flow", "funnel", "live", "help"):
                answer = await client.get(f"{path}?site={name}&view={view}", follow_redirects=True)
                assert answer.status_code == 200, view
                assert "other.example" not in answer.text
        for view in ("share", "note"):
            led = await client.get(f"{path}?view={view}")
            assert (led.status_code, led.headers["location"]) == (302, path)
        for route in ("", "settings", "settings/shares", "sites/new", "funnels", "segments"):
            for method in ("GET", "POST"):
                answer = await client.request(method, f"{path}{route}", headers=SENT)
                assert answer.status_code in ({200} if (route, method) == ("", "GET") else {404, 405}), route
        token = path.split("/")[2]
        for headers in ({"X-API-KEY": token}, {"Cookie": f"footfall={token}"}):
            answer = await client.get("/api/v1/websites", headers=headers | {"Accept": "application/json"})
            assert answer.status_code == 401
            assert (await client.get("/?site=example.com", headers=headers)).status_code == 303


async def test_links_are_their_owners(page_world_: PageWorld) -> None:
    """Nobody else sees or revokes them; what is wrong with a new one is said beside the field."""
    await make(page_world_)
    (share,) = kept(page_world_)
    async with page_world_.stranger() as client:
        await page_world_.sign_in(client, page_world_.make_key("others"))
        page_world_.make_site("theirs.example", "others")
        assert (await send(client, action=f"revoke:{share.id}")).status_code == 404
        theirs = "/settings/shares?site=theirs.example"
        answer = await client.post(theirs, data={"action": f"revoke:{share.id}"}, headers=SENT)
        assert answer.status_code == 404
    assert kept(page_world_) == [share]
    wrong = await send(page_world_.client, name="", expiry="date", date="1999-01-01")
    assert wrong.status_code == 422
    assert 'id="name-error" class="error">Name must be 1 to 100 characters.' in wrong.text
    assert 'id="date-error" class="error">' in wrong.text
    assert kept(page_world_) == [share]


async def test_the_dialog_makes_and_lists(page_world_: PageWorld) -> None:
    """Over the report; its form is that of the settings."""
    await make(page_world_)
    page = (await page_world_.client.get("/?site=example.com&view=share")).text
    dialog = page[page.index("<dialog") :]
    assert 'action="/settings/shares?site=example.com"' in dialog
    assert "Board" in dialog
    assert "not used yet" in dialog
