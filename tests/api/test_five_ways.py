"""One engine behind five APIs: a site of any is there in all, an event of any is counted by all, with one number."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest

from core.accounts import Api, Role
from core.ranges import date_at
from core.spans import DAY, HOUR
from ops.clock import SystemClock
from storage import keys
from tests.api.applying import ApplyingLog
from tests.api.served import served
from tests.cases import event_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg_pool import AsyncConnectionPool

    from tests.api.served import Served

_DOMAIN: Final = "five.example"
_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
_BOT: Final = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


class Answer(NamedTuple):
    """What an API says of some days. `visitors` are None where it has no word for them."""

    views: int
    visitors: int | None
    top: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A server, and clients of one account and of another, by API."""

    server: Served
    log: ApplyingLog
    own: dict[Api, httpx.Client]
    strange: dict[Api, httpx.Client]

    def get(self, api: Api, path: str, **parameters: str) -> Any:  # noqa: ANN401 - JSON
        """What an API answers the account."""
        answer = self.own[api].get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, body: object, *, agent: str | int, api: Api | None = None) -> httpx.Response:
        """Post as a page of the site does, or with a key as a program does; `agent` may be the visitor's number."""
        headers = {"User-Agent": _AGENT.format(100 + agent) if isinstance(agent, int) else agent}
        if api is None:
            headers["Origin"] = f"https://{_DOMAIN}"
            return httpx.post(f"{self.server.url}{path}", json=body, headers=headers)
        return self.own[api].post(path, json=body, headers=headers)

    def remember(self, *views: tuple[date, int, str]) -> None:
        """Count views of the past: (day, visitor, path)."""
        number = ids_of(self, _DOMAIN)[Api.BEEP]
        for n, (day, person, path) in enumerate(views):
            event = event_at(_day(day) + 12 * HOUR, n, site=number, person=person, path=path)
            asyncio.run_coroutine_threadsafe(self.log.append([(0, event)]), self.server.loop).result(60)


def _day(day: date) -> int:
    """When it begins, ms since 1970 UTC."""
    return (day - date(1970, 1, 1)).days * DAY


@pytest.fixture(scope="module")
def world(module_database: str) -> Iterator[World]:
    """One server for all tests, whose events are stored by the real engine."""
    logs: list[ApplyingLog] = []

    def log(pool: AsyncConnectionPool) -> ApplyingLog:
        logs.append(ApplyingLog(pool))
        return logs[0]

    with ExitStack() as stack:
        server = stack.enter_context(served(module_database, log=log))
        with psycopg.connect(server.dsn) as connection:
            made = {
                account: {api: keys.create(connection, api, Role.USER, account) for api in Api}
                for account in ("owners", "strangers")
            }
        own, strange = (
            {
                api: stack.enter_context(httpx.Client(base_url=server.url, headers=_credential(api, key), timeout=60))
                for api, key in found.items()
            }
            for found in made.values()
        )
        yield World(server=server, log=logs[0], own=own, strange=strange)


def _credential(api: Api, key: str) -> dict[str, str]:
    return {"X-API-KEY": key} if api is Api.TINYTRAIL else {"Authorization": f"Bearer {key}"}


#: The sites that each API lists, as (domain, id).
_LISTS: Final[dict[Api, Callable[[httpx.Client], list[tuple[str, Any]]]]] = {
    Api.TINYTRAIL: lambda client: [
        (site["domain"], site["id"]) for site in client.get("/api/v1/websites").json()["data"]
    ],
    Api.BEEP: lambda client: [(site["domain"], site["id"]) for site in client.get("/api/sites").json()],
    Api.ANTICS: lambda client: [(site["domain"], site["id"]) for site in client.get("/api/sites").json()],
    Api.PLATFORM: lambda client: [
        (site["domain"], site["siteId"]) for site in client.get("/api/v2/sites").json()["sites"]
    ],
    Api.TINYLYTICS: lambda client: [
        (site["url"].removeprefix("https://"), site["id"]) for site in client.get("/api/v1/sites").json()["sites"]
    ],
}


def ids_of(world: World, domain: str) -> dict[Api, Any]:
    """What each API calls a site."""
    return {api: dict(listed(world.own[api])).get(domain) for api, listed in _LISTS.items()}


@pytest.mark.parametrize(
    ("maker", "path", "made"),
    [
        (Api.TINYTRAIL, "/api/v1/websites", 201),
        (Api.BEEP, "/api/sites", 200),
        (Api.ANTICS, "/api/sites", 200),
    ],
)
def test_a_site_of_any_api_is_there_in_all(world: World, maker: Api, path: str, made: int) -> None:
    """For the account that made it, and for no other; those that count by number use one number."""
    domain = f"made-by-{maker}.example"
    answer = world.own[maker].post(path, json={"domain": domain})

    ids = ids_of(world, domain)
    seen_by_others = [domain in dict(listed(world.strange[api])) for api, listed in _LISTS.items()]

    assert answer.status_code == made
    assert None not in ids.values()
    assert ids[Api.BEEP] == ids[Api.ANTICS] == ids[Api.TINYLYTICS]
    assert seen_by_others == [False] * 5


def _tinytrail(world: World, first: date, last: date) -> Answer:
    asked = {
        "website_id": ids_of(world, _DOMAIN)[Api.TINYTRAIL],
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
    }
    metrics = world.get(Api.TINYTRAIL, "/api/v1/reports/summary", **asked)["data"]["metrics"]
    pages = world.get(Api.TINYTRAIL, "/api/v1/reports/pages", **asked)["data"]["rows"]
    return Answer(metrics["pageviews"]["value"], metrics["unique_visitors"]["value"], pages[0]["path"])


def _beep(world: World, first: date, last: date) -> Answer:
    asked = {"site": _DOMAIN, "from": first.isoformat(), "to": last.isoformat()}
    rows = world.get(Api.BEEP, "/api/stats", **asked)
    one_by_one = world.get(Api.BEEP, "/api/stats", **asked, verbose="true")
    pages = Counter[str]()
    for row in rows:
        pages[row["path"]] += row["count"]
    assert pages == Counter(row["path"] for row in one_by_one)
    return Answer(pages.total(), None, pages.most_common(1)[0][0])


def _antics(world: World, first: date, last: date) -> Answer:
    number = ids_of(world, _DOMAIN)[Api.ANTICS]
    found = world.get(Api.ANTICS, f"/api/stats/{number}", period=f"{first},{last}")
    days = world.get(Api.ANTICS, f"/api/stats/{number}/timeseries", period=f"{first},{last}")
    summary = found["summary"]
    assert summary["pageviews"] == sum(day["pageviews"] for day in days)
    top = max(found["breakdown"], key=lambda row: int(row["pageviews"]))
    return Answer(summary["pageviews"], summary["visitors"], top["name"])


def _tinylytics(world: World, first: date, last: date) -> Answer:
    path = f"/api/v1/sites/{ids_of(world, _DOMAIN)[Api.TINYLYTICS]}"
    asked = {"start_date": first.isoformat(), "end_date": last.isoformat()}
    hits = world.get(Api.TINYLYTICS, f"{path}/hits", **asked, per_page="1")
    pages = world.get(Api.TINYLYTICS, f"{path}/hits", **asked, grouped="true", group_by="path")["grouped_hits"]
    journeys = world.get(Api.TINYLYTICS, f"{path}/user_journeys", **asked)
    return Answer(hits["pagination"]["total_count"], journeys["pagination"]["total_count"], pages[0]["path"])


def _platform(world: World) -> Answer:
    """Of the last 7 days; it knows no others that short."""
    found = world.get(Api.PLATFORM, f"/api/v2/sites/{ids_of(world, _DOMAIN)[Api.PLATFORM]}/stats", range="7d")
    return Answer(found["pageviews"], found["visitors"], found["topPages"][0]["pathname"])


def test_one_question_has_one_answer(world: World) -> None:
    """What any API takes in each of them counts: views, visitors and the page seen most, of a day and of seven."""
    assert world.own[Api.BEEP].post("/api/sites", json={"domain": _DOMAIN}).status_code == 200
    ids = ids_of(world, _DOMAIN)
    website, number = ids[Api.TINYTRAIL], ids[Api.TINYLYTICS]
    today = date_at(SystemClock().now_ms(), ZoneInfo("UTC"))
    world.remember(
        (today - timedelta(days=2), 1, "/old"),
        (today - timedelta(days=2), 1, "/old"),
        (today - timedelta(days=1), 2, "/old"),
        (today - timedelta(days=3), 2, "/older"),
    )
    view = {"website_id": website, "event_type": "page_view", "url": f"https://{_DOMAIN}/a", "path": "/a"}

    sent = [
        world.send("/api/v1/collect", view, agent=1).status_code,
        httpx.get(
            f"{world.server.url}/api/v1/pixel.gif",
            params={"id": website, "path": "/a"},
            headers={"User-Agent": _AGENT.format(102)},
        ).status_code,
        world.send("/collect", {"path": "/a", "referrer": "", "screen": "1920x1080"}, agent=3).status_code,
        # The same visitor as TinyTrail's and beep's: an address and a user agent are one person in all of them.
        world.send("/collect", {"path": "/b", "referrer": "", "screen": "1920x1080"}, agent=1).status_code,
        world.send("/api/event", {"n": None, "u": f"https://{_DOMAIN}/b", "w": 1280}, agent=3).status_code,
        world.send("/api/event", {"n": None, "u": f"https://{_DOMAIN}/a", "w": 1280}, agent=4).status_code,
        # What is no view counts as none.
        world.send(
            "/api/event", {"n": "signup", "u": f"https://{_DOMAIN}/a", "p": {"plan": "pro"}}, agent=4
        ).status_code,
        world.send(
            f"/api/v1/sites/{number}/hits", {"path": "/a", "visitor_id": "five"}, agent="curl/8", api=Api.TINYLYTICS
        ).status_code,
        world.send(
            f"/api/v1/sites/{number}/hits/batch",
            [{"path": "/a", "visitor_id": "six"}, {"path": "/c", "visitor_id": "six"}],
            agent="curl/8",
            api=Api.TINYLYTICS,
        ).status_code,
    ]

    assert sent == [202, 200, 204, 204, 202, 202, 202, 201, 200]
    ways = (_tinytrail, _beep, _antics, _tinylytics)
    known = {way.__name__: way(world, today, today) for way in ways}
    assert {_known(answer, Answer(9, 6, "/a")) for answer in known.values()} == {Answer(9, 6, "/a")}, known
    week = {way.__name__: way(world, today - timedelta(days=6), today) for way in ways} | {
        "_platform": _platform(world)
    }
    assert {_known(answer, Answer(13, 9, "/a")) for answer in week.values()} == {Answer(13, 9, "/a")}, week


def _known(answer: Answer, expected: Answer) -> Answer:
    """The answer, with what an API has no word for taken from what is expected."""
    return Answer(
        answer.views,
        expected.visitors if answer.visitors is None else answer.visitors,
        answer.top,
    )


def test_who_sees_bots(world: World) -> None:
    """beep-analytics counts them, TinyTrail if it is asked to, the others never."""
    domain = "bots.example"
    made = world.own[Api.BEEP].post("/api/sites", json={"domain": domain}).json()["id"]
    sent = httpx.post(
        f"{world.server.url}/collect",
        json={"path": "/"},
        headers={"User-Agent": _BOT, "Origin": f"https://{domain}"},
    )
    ids = ids_of(world, domain)

    def summary(**asked: str) -> int:
        found = world.get(
            Api.TINYTRAIL, "/api/v1/reports/summary", website_id=ids[Api.TINYTRAIL], period="today", **asked
        )
        views: int = found["data"]["metrics"]["pageviews"]["value"]
        return views

    assert sent.status_code == 204
    assert [row["count"] for row in world.get(Api.BEEP, "/api/stats", site=domain)] == [1]
    assert (summary(), summary(include_bots="true")) == (0, 1)
    assert world.get(Api.ANTICS, f"/api/stats/{made}", period="7d")["summary"]["pageviews"] == 0
    assert world.get(Api.PLATFORM, f"/api/v2/sites/{ids[Api.PLATFORM]}/pageviews")["total"] == 0
    assert world.get(Api.TINYLYTICS, f"/api/v1/sites/{made}/hits")["pagination"]["total_count"] == 0
