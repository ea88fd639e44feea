"""The section of monitors in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from core.certificates import Presented, Warned
from core.content import CrawlKind, Role
from core.spans import DAY, HOUR, MINUTE
from core.uptime import Standing, step
from ops.clock import SystemClock
from ops.settings import Settings
from storage import content, crawls, domains, insights, sites, uptime
from tests.api.dashboard.conftest import SENT, page_world

if TYPE_CHECKING:
    import httpx

    from core.sites import Site
    from tests.api.dashboard.conftest import PageWorld

URL: Final = "/settings/monitors?site=example.com"
BROKEN: Final = "https://example.com/<gone>"


async def send(world: PageWorld, **fields: str) -> httpx.Response:
    """Send a form of the section."""
    return await world.client.post(URL, data=fields, headers=SENT)


async def shown(world: PageWorld) -> str:
    """The section, its blanks put together."""
    answer = await world.client.get(URL)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def now(world: PageWorld) -> Site:
    """The site as it is in the store."""
    with psycopg.connect(world.dsn) as connection:
        found = sites.find(connection, world.site.uuid)
    assert found is not None
    return found


def check(world: PageWorld, at: int, error: str = "") -> None:
    """Write a check at `at` (ms) that failed with an error, or did not."""
    with psycopg.connect(world.dsn) as connection:
        site = now(world)
        found = uptime.of_site(connection, site.id)
        standing = Standing() if found is None else found.standing(site.monitored_url)
        done = step(standing, at, is_up=not error)
        uptime.write(
            connection,
            site.id,
            uptime.Check(
                at=at,
                url=site.monitored_url,
                status=None if error else 200,
                error=error,
                certificate=Presented(at + 20 * DAY, False, "Certificate is of another name"),
                warned=Warned(),
                step=done,
            ),
        )


async def test_each_is_switched_on_and_off_by_itself(page_world_: PageWorld) -> None:
    """A form changes its own settings and no others."""
    assert (now(page_world_).uptime, now(page_world_).content, now(page_world_).insights) == (False, False, True)
    for form, fields in (
        ("uptime", {"uptime": "on", "uptime_url": "https://status.example.com/up"}),
        ("content", {"content": "on", "content_url": ""}),
        ("insights", {}),
    ):
        answer = await send(page_world_, action=form, **fields)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{URL}&saved=saved")
    site = now(page_world_)
    assert (site.uptime, site.content, site.insights) == (True, True, False)
    assert (site.monitored_url, site.crawled_url) == ("https://status.example.com/up", "https://example.com/")
    page = await shown(page_world_)
    assert "Not asked yet" in page
    assert "Not checked yet." in page


@pytest.mark.parametrize("form", ["uptime", "content"])
async def test_what_is_wrong_is_said_beside_the_field(page_world_: PageWorld, form: str) -> None:
    """What was typed stays, and nothing is saved."""
    typed = {form: "on", f"{form}_url": "ftp://example.com/<a>"}
    answer = await send(page_world_, action=form, **typed)
    said = re.findall(r'<span id="([a-z_]+)-error" class="error">([^<]+)', answer.text)
    assert (answer.status_code, [name for name, _ in said]) == (422, [f"{form}_url"])
    assert said[0][1].startswith("Address must be an address such as https://example.com/start")
    assert 'value="ftp://example.com/&lt;a&gt;"' in answer.text
    assert now(page_world_) == page_world_.site
    assert (await send(page_world_, action="other")).status_code == 404


async def test_uptime_is_told_in_words(page_world_: PageWorld) -> None:
    """Up, doubted, down, up again with the downtime, and paused until somebody resumes."""
    await send(page_world_, action="uptime", uptime="on", uptime_url="")
    begin = SystemClock().now_ms() - 8 * DAY - 3 * HOUR
    check(page_world_, begin)
    page = await shown(page_world_)
    assert "Up</span> No downtime in the last 30 days" in page
    assert "Certificate is of another name" in page
    assert "Domain ends" not in page
    for expires_at, said in ((None, "Nobody tells"), (1_830_297_600_000, "Jan 1, 2028")):
        with psycopg.connect(page_world_.dsn) as connection:
            domains.put(
                connection, domains.DomainCheck(page_world_.site.id, "example.com", begin, expires_at, source=None)
            )
        assert f"<dt>Domain ends</dt><dd>{said}</dd>" in await shown(page_world_)
    check(page_world_, begin + 5 * MINUTE, "503 <b>")
    assert "503 &lt;b&gt;. A second request will tell." in await shown(page_world_)
    check(page_world_, begin + 6 * MINUTE, "503 Service Unavailable")
    assert re.search(r"Down</span> Since [^<]+: 503 Service Unavailable", await shown(page_world_))
    check(page_world_, begin + 10 * MINUTE)
    page = await shown(page_world_)
    assert re.search(r"Up</span> Since ", page)
    assert '<td class="number">5 minutes</td>' in page
    assert re.findall(r"<dd>([0-9.]+) %<", page) == ["50.00"]

    await send(page_world_, action="uptime", uptime="on", uptime_url="https://example.com/other")
    assert "Not asked yet" in await shown(page_world_)
    check(page_world_, begin + HOUR, "Connection refused")
    page_world_.execute("UPDATE monitors SET due_at = NULL")
    assert "Paused</span> It was down for seven days" in await shown(page_world_)
    answer = await send(page_world_, action="resume")
    assert answer.headers["location"] == f"{URL}&saved=looking"
    assert "Not asked yet" in await shown(page_world_)
    assert now(page_world_).uptime


async def test_what_the_server_does_not_do_is_said(postgres_database: str) -> None:
    """Beside the forms that would be in vain; nothing of it where it does."""
    given = {"smtp_host": "mail.example.com", "mail_from": "footfall@example.com"}
    for environment, expected in (({"outbound": "off"}, True), (given, False)):
        async with page_world(postgres_database, settings=Settings.model_validate(environment)) as world:
            for section, names in (
                ("monitors", ["FOOTFALL_OUTBOUND"]),
                ("alerts", ["FOOTFALL_OUTBOUND", "FOOTFALL_SMTP_HOST"]),
                ("messages", ["FOOTFALL_OUTBOUND", "FOOTFALL_SMTP_HOST"]),
            ):
                page = (await world.client.get(f"/settings/{section}?site=example.com")).text
                assert [expected] * len(names) == [f"<code>{name}</code>" in page for name in names], section


async def test_issues_are_ignored_and_not(page_world_: PageWorld) -> None:
    """One of another site is not there; a check is asked for by a button."""
    theirs = page_world_.make_site("theirs.example", "others")
    await send(page_world_, action="content", content="on", content_url="")
    for site in (page_world_.site, theirs):
        page_world_.execute(
            "INSERT INTO content_issues (site, kind, url, found_on, status_code, message, found_at, checked_at)"
            " VALUES (%s, 'broken_link', %s, 'https://example.com/', 404, '404 Not Found', now(), now())",
            site.id,
            BROKEN,
        )
    with psycopg.connect(page_world_.dsn) as connection:
        (own,), (other,) = (content.issues(connection, site.id) for site in (page_world_.site, theirs))
    assert "https://example.com/&lt;gone&gt;</span>" in await shown(page_world_)
    with psycopg.connect(page_world_.dsn) as connection:
        run = crawls.Crawl(CrawlKind.WHOLE, "https://example.com/", "https://example.com/", SystemClock().now_ms())
        crawls.begin(connection, page_world_.site.id, run)
        urls = [crawls.NewUrl(f"https://example.com/{number}", Role.PAGE) for number in range(3)]
        crawls.add_urls(connection, page_world_.site.id, urls, found_on="https://example.com/", depth=1)
        content.ensure(connection, page_world_.site.id)
        content.pause(connection, page_world_.site.id, paused=True)
    page = await shown(page_world_)
    assert "A check is under way: 0 addresses checked, 3 to go. Messages about it are paused.</p>" in page
    assert 'value="check"' not in page
    for verb, said in (("ignore", "ignored"), ("mind", "minded")):
        answer = await send(page_world_, action=f"{verb}:{own.id}")
        assert answer.headers["location"] == f"{URL}&saved={said}"
        assert ("<h3>Ignored</h3>" in await shown(page_world_)) == (verb == "ignore")
    for which in (other.id, "x", "9" * 30, ""):
        assert (await send(page_world_, action=f"ignore:{which}")).status_code == 404
    assert (await send(page_world_, action="check")).headers["location"] == f"{URL}&saved=looking"


async def test_the_latest_insight_is_read(page_world_: PageWorld) -> None:
    """Its texts, and of which days; none while they are switched off."""
    said = {
        "summary": "Twice as many came.",
        "traffic_patterns": "On Monday.",
        "best_content": "/a",
        "recommendations": "Do.",
    }
    at = SystemClock().now_ms()
    with psycopg.connect(page_world_.dsn) as connection:
        for age, document in ((2, {**said, "summary": "Old."}), (1, said)):
            day = connection.execute("SELECT current_date - %s", [age]).fetchone()
            assert day is not None
            assert insights.insert(connection, site=page_world_.site.id, day=day[0], generated_at=at, document=document)
    page = await shown(page_world_)
    assert "<p>Twice as many came.</p>" in page
    assert "<dt>What to do</dt><dd>Do.</dd>" in page
    assert "Old." not in page
    await send(page_world_, action="insights")
    assert "Twice as many came." not in await shown(page_world_)
