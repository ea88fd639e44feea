"""The settings of a site in a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from api.dashboard.empty import WHY
from api.dashboard.settings.groups import Matched, match, rearrange
from api.dashboard.settings.sections import PERSONAL, Section
from core.drops import DropReason
from core.sites import ContentGroup
from storage import sites
from tests.api.dashboard.conftest import SENT

if TYPE_CHECKING:
    import httpx

    from core.sites import Site
    from tests.api.dashboard.conftest import PageWorld

SITE: Final = "?site=example.com"
EXCLUSIONS: Final = {
    "excluded_ips": "203.0.113.7\r\n\r\n 2001:db8::/32 ",
    "allowed_hosts": "*.example.com",
    "excluded_paths": "/admin/*\r\n/drafts/*",
    "excluded_countries": "russia\r\nGB United Kingdom\r\nde",
    "honour_gpc": "on",
}


async def send(client: httpx.AsyncClient, section: str, fields: dict[str, Any], site: str = SITE) -> httpx.Response:
    """Send a section's form."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return await client.post(f"/settings/{section}{site}", data=fields, headers=SENT | form)


def now(world: PageWorld) -> Site:
    """The site as it is in the store."""
    with psycopg.connect(world.dsn) as connection:
        found = sites.find(connection, world.site.uuid)
    assert found is not None
    return found


def values(page: str) -> dict[str, str]:
    """The texts of a page's fields by their names."""
    found = dict(re.findall(r'<textarea [^>]*?name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page))
    found |= dict(re.findall(r'<input id="[^"]+" name="([^"]+)" (?:type="text" )?value="([^"]*)"', page))
    return {name: unescape(text) for name, text in found.items()}


def errors(page: str) -> dict[str, str]:
    """What is said beside fields, by their names."""
    return {
        name: unescape(text) for name, text in re.findall(r'<span id="([a-z_]+)-error" class="error">([^<]+)', page)
    }


async def test_every_section_is_a_page(page_world_: PageWorld) -> None:
    """Each names itself and links the others."""
    for section in Section:
        answer = await page_world_.client.get(f"/settings/{section}{SITE}")
        assert answer.status_code == 200, answer.text
        assert f'href="/settings/{section}{SITE}" aria-current="page"' in answer.text
        assert len(re.findall(r'<a href="/settings/[a-z-]+\?site=example.com"', answer.text)) == len(Section)
        assert "no-cache" in answer.headers["cache-control"]
    assert (await page_world_.client.get(f"/settings/other{SITE}")).status_code == 404


async def test_site_changes_name_and_days(page_world_: PageWorld) -> None:
    """The answer leads to the page of the site as it is called now, which says so once."""
    fields = {"domain": " Example.ORG ", "time_zone": "Europe/Berlin", "week_start": "sunday"}
    answer = await send(page_world_.client, "site", fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/site?site=example.org&saved=saved")
    site = now(page_world_)
    assert (site.domain, site.time_zone, site.week_start) == ("example.org", "Europe/Berlin", "sunday")
    shown = await page_world_.client.get(answer.headers["location"])
    assert '<p class="said">Saved.</p>' in shown.text
    assert values(shown.text)["time_zone"] == "Europe/Berlin"


async def test_what_is_wrong_is_said_beside_the_field(page_world_: PageWorld) -> None:
    """All of it at once; what was typed stays, and nothing is saved."""
    page_world_.make_site("other.example")
    fields = {"domain": "exa mple", "time_zone": "Berlin<b>", "week_start": "friday"}
    answer = await send(page_world_.client, "site", fields)
    assert answer.status_code == 422
    said = errors(answer.text)
    assert said["domain"].startswith("Domain must be a domain name of letters")
    assert said["time_zone"] == "Time zone must be a time zone of the IANA database, such as Europe/Berlin or UTC."
    assert said["week_start"] == "Week must be one of monday, saturday, sunday."
    assert (values(answer.text)["domain"], values(answer.text)["time_zone"]) == ("exa mple", "Berlin<b>")
    taken = await send(
        page_world_.client, "site", {"domain": "other.example", "time_zone": "UTC", "week_start": "monday"}
    )
    assert (taken.status_code, errors(taken.text)) == (
        422,
        {"domain": "The account has another site other.example already: choose another domain."},
    )
    assert now(page_world_) == page_world_.site


async def test_exclusions_are_saved(page_world_: PageWorld) -> None:
    """One entry a line; countries by name or code; a box that is not ticked is off."""
    answer = await send(page_world_.client, "not-counted", EXCLUSIONS)
    assert answer.status_code == 303, answer.text
    site = now(page_world_)
    assert site.excluded_ips == ("203.0.113.7", "2001:db8::/32")
    assert site.allowed_hosts == ("*.example.com",)
    assert site.excluded_paths == ("/admin/*", "/drafts/*")
    assert site.excluded_countries == ("RU", "GB", "DE")
    assert (site.honour_gpc, site.honour_dnt) == (True, False)
    shown = values((await page_world_.client.get(answer.headers["location"])).text)
    assert shown["excluded_countries"] == "RU Russia\nGB United Kingdom\nDE Germany"
    again = await send(page_world_.client, "not-counted", {**shown, "honour_gpc": "on"})
    assert again.status_code == 303
    assert site == replace(now(page_world_), updated_at=site.updated_at)


async def test_wrong_lines_are_numbered(page_world_: PageWorld) -> None:
    """As the reader counts them, blank ones too."""
    wrong = {"excluded_ips": "\n\n300.1.1.1", "excluded_paths": "/a\nadmin", "excluded_countries": "Atlantis"}
    answer = await send(page_world_.client, "not-counted", EXCLUSIONS | wrong)
    said = errors(answer.text)
    assert answer.status_code == 422
    assert said["excluded_ips"].startswith("Line 3: '300.1.1.1' is neither an IP address nor a network")
    assert said["excluded_paths"].startswith("Line 2 must be a path such as /admin/*")
    assert said["excluded_countries"].startswith("Line 1 must be a country's code")
    assert values(answer.text)["excluded_paths"] == "/a\nadmin"
    assert now(page_world_) == page_world_.site


async def test_own_address_is_one_button(page_world_: PageWorld) -> None:
    """It is added to what is typed; once it is left out the button is gone."""
    page = await page_world_.client.get(f"/settings/not-counted{SITE}")
    assert "Add this one: 127.0.0.1" in page.text
    await send(page_world_.client, "not-counted", {"excluded_ips": "192.0.2.1", "action": "add"})
    assert now(page_world_).excluded_ips == ("192.0.2.1", "127.0.0.1")
    page = await page_world_.client.get(f"/settings/not-counted{SITE}")
    assert "Add this one" not in page.text
    assert "Your own address, 127.0.0.1, is left out." in page.text


async def test_drops_are_counted_by_reason(page_world_: PageWorld) -> None:
    """Those of the last seven days, with what each means."""
    for days, reason, count in [(0, "gpc", 2), (6, "gpc", 3000), (6, "other_host", 40), (7, "dnt", 9)]:
        page_world_.execute(
            "INSERT INTO drops (site, day, reason, count) VALUES (%s, (now() AT TIME ZONE 'UTC')::date - %s, %s, %s)",
            page_world_.site.id, days, reason, count,
        )  # fmt: skip
    page = (await page_world_.client.get(f"/settings/not-counted{SITE}")).text
    rows = re.findall(r'<code>(\w+)</code></span></th><td class="number">(\S+)</td><td class="number">(\S+)</td>', page)
    assert rows == [("gpc", "2", "3,002"), ("other_host", "0", "40")]
    why = [unescape(text).casefold() for text in re.findall(r'<th scope="row">([^<]+)<', page)]
    assert why == [WHY[reason].casefold() for reason in (DropReason.GLOBAL_PRIVACY_CONTROL, DropReason.OTHER_HOST)]


async def test_groups_are_saved_in_their_order(page_world_: PageWorld) -> None:
    """Blank rows are left out."""
    fields = {"name": ["Docs", "", "Blog"], "pattern": ["/docs/*", "", "/blog/*"]}
    answer = await send(page_world_.client, "groups", fields)
    assert answer.status_code == 303, answer.text
    assert [*map(tuple, now(page_world_).content_groups)] == [("Docs", "/docs/*"), ("Blog", "/blog/*")]
    wrong = await send(page_world_.client, "groups", {"name": ["Docs", ""], "pattern": ["/docs/*", "/x"]})
    assert wrong.status_code == 422
    assert 'id="groups-error">Line 2 must be 1 to 100 characters.' in wrong.text
    assert 'value="/x"' in wrong.text


@pytest.mark.parametrize(
    ("verb", "place", "expected"),
    [
        ("preview", "", "ABC"),
        ("up", "2", "ACB"),
        ("up", "0", "ABC"),
        ("down", "0", "BAC"),
        ("down", "2", "ABC"),
        ("remove", "1", "AC"),
        ("remove", "9", "ABC"),
        ("remove", "x", "ABC"),
        ("other", "1", "ABC"),
    ],
)
def test_rows_are_moved(verb: str, place: str, expected: str) -> None:
    """By one place, never past an end; what is not there stays away."""
    rows = [ContentGroup(letter, "/") for letter in "ABC"]
    assert "".join(row.name for row in rearrange(rows, verb, place)) == expected


def test_pages_are_in_the_first_group_that_they_fit() -> None:
    """Those in none are shown too; a group without a pattern holds nothing."""
    rows = [ContentGroup("A", "/docs/*"), ContentGroup("A", "*/faq"), ContentGroup("C", "")]
    pages = [("/", 9), ("/docs/faq", 8), ("/faq", 5), *((f"/docs/{number}", 1) for number in range(6))]
    assert match(rows, pages) == (
        [
            Matched(7, 14, ("/docs/faq", "/docs/0", "/docs/1", "/docs/2", "/docs/3")),
            Matched(1, 5, ("/faq",)),
            Matched(),
        ],
        Matched(1, 9, ("/",)),
    )


async def test_groups_are_tried_before_they_are_saved(page_world_: PageWorld) -> None:
    """Buttons change the form and nothing else."""
    fields = {"name": ["A", "B"], "pattern": ["/a", "/b"], "action": "up:1"}
    answer = await send(page_world_.client, "groups", fields)
    assert answer.status_code == 200
    assert re.findall(r'name="name" value="([^"]+)"', answer.text) == ["B", "A"]
    assert "No page in 30 days." in answer.text
    assert now(page_world_).content_groups == ()


async def test_data_keeps_days(page_world_: PageWorld) -> None:
    """Nothing typed is for ever; what is no number is said."""
    answer = await send(page_world_.client, "data", {"file_retention_days": "400", "rollup_retention_days": ""})
    assert answer.status_code == 303, answer.text
    assert (now(page_world_).file_retention_days, now(page_world_).rollup_retention_days) == (400, None)
    wrong = await send(page_world_.client, "data", {"file_retention_days": "a year", "rollup_retention_days": "0"})
    assert wrong.status_code == 422
    assert set(errors(wrong.text)) == {"file_retention_days", "rollup_retention_days"}
    assert values(wrong.text)["file_retention_days"] == "a year"


async def test_a_site_is_deleted_by_its_name(page_world_: PageWorld) -> None:
    """And by nothing else."""
    wrong = await send(page_world_.client, "data", {"action": "delete", "confirm": "example.org"})
    assert (
        wrong.status_code,
        errors(wrong.text)["confirm"],
    ) == (422, "Type example.com to delete it; nothing was deleted.")
    answer = await send(page_world_.client, "data", {"action": "delete", "confirm": "Example.com "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?saved=site-deleted")
    assert (await page_world_.client.get(f"/settings/data{SITE}")).status_code == 404


async def test_snippets_follow_the_boxes(page_world_: PageWorld) -> None:
    """The form is a link."""
    await send(page_world_.client, "not-counted", {"honour_gpc": "on"})
    page = await page_world_.client.get(f"/settings/snippet{SITE}&extra=vitals&extra=forms&extra=x")
    shown = unescape(page.text)
    tag = f'<script defer data-id="{page_world_.site.uuid}" data-dnt="count" src="http://localhost:8000/js/'
    assert f'{tag}tracker.forms.vitals.js"></script>' in shown
    assert re.search(rf'{re.escape(tag)}[0-9a-f]{{12}}/tracker\.forms\.vitals\.js" integrity="sha384-', shown)
    assert re.findall(r'value="(\w+)" checked', page.text) == ["forms", "vitals"]
    assert (await send(page_world_.client, "snippet", {})).status_code == 405


async def test_shortcuts_are_switched(page_world_: PageWorld) -> None:
    """For this session."""
    for sent, expected in [({}, False), ({"shortcuts": "on"}, True)]:
        answer = await send(page_world_.client, "shortcuts", sent)
        assert answer.status_code == 303
        page = (await page_world_.client.get("/settings/shortcuts")).text
        assert ('name="shortcuts" type="checkbox" value="on" checked' in page) is expected
        assert ('data-shortcuts="off"' in page) is not expected


async def test_a_site_is_added(page_world_: PageWorld) -> None:
    """To the own account, with its time zone; a domain that the account has is refused."""
    fields = {"domain": "new.example", "time_zone": "Asia/Kathmandu"}
    answer = await page_world_.client.post("/sites/new", data=fields, headers=SENT)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?site=new.example&saved=added")
    with psycopg.connect(page_world_.dsn) as connection:
        made = sites.of_account(connection, page_world_.site.account_id)[-1]
    assert (made.domain, made.time_zone) == ("new.example", "Asia/Kathmandu")
    again = await page_world_.client.post("/sites/new", data=fields, headers=SENT)
    assert again.status_code == 422
    assert errors(again.text) == {"domain": "Your account has a site new.example already: choose another domain."}
    assert (await page_world_.client.get("/sites/new")).status_code == 200


async def test_forms_from_elsewhere_are_refused(page_world_: PageWorld) -> None:
    """On every address that saves."""
    for url in (*(f"/settings/{section}{SITE}" for section in Section), "/sites/new"):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
            answer = await page_world_.client.post(url, data={"domain": "x.example"}, headers=headers)
            assert answer.status_code == 403, url


async def test_an_account_without_sites_has_keys_and_shortcuts(page_world_: PageWorld) -> None:
    """All else needs a site."""
    key = page_world_.make_key("newcomers")
    async with page_world_.stranger() as client:
        await page_world_.sign_in(client, key)
        first = await client.get("/settings")
        assert (first.status_code, first.headers["location"]) == (303, "/settings/keys")
        page = (await client.get("/settings/keys")).text
        assert re.findall(r'<a href="/settings/([a-z-]+)"', page) == ["keys", "shortcuts"]
        assert (await client.get("/settings/site")).status_code == 404
        assert "Add your first site" in (await client.get("/sites/new")).text


async def test_settings_are_for_their_keepers(page_world_: PageWorld) -> None:
    """Nobody else sees or changes them, whatever they call the site."""
    theirs = page_world_.make_site("theirs.example", "others")
    sections = set(Section) - PERSONAL
    for name in ("theirs.example", str(theirs.uuid)):
        for section in sections:
            url = f"/settings/{section}?site={name}"
            assert (await page_world_.client.get(url)).status_code == 404, url
            answer = await page_world_.client.post(url, data={"domain": "mine.example"}, headers=SENT)
            assert answer.status_code == 404, url
    async with page_world_.stranger() as client:
        for url in (f"/settings/site{SITE}", "/settings/keys", "/sites/new"):
            answer = await client.get(url)
            assert (answer.status_code, answer.headers["location"].startswith("/sign-in?next=")) == (303, True)
            assert (await client.post(url, headers=SENT)).status_code in {303, 401}
