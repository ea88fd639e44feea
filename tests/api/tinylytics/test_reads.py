"""What is read of a site: hits by filter and by zone, the leaderboard, journeys, kudos, and what the key tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
import pytest_asyncio

from core.spans import DAY, HOUR, MINUTE, SECOND
from tests.api.tinylytics.stage import SITE, staged
from tests.cases import event_at
from tests.clocks import SetClock
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from core.events import Event
    from tests.api.tinylytics.stage import Stage


pytestmark = pytest.mark.asyncio(loop_scope="module")


def ms(text: str) -> int:
    """An instant of UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


NOW: Final = ms("2026-11-02T12:00")
TODAY: Final = NOW - NOW % DAY
NOBODY: Final = {"visitor": 0, "prev": 0, "referrer": "", "referrer_host": "", "country": "", "browser": "", "os": ""}


def view(ts: int, number: int, path: str, person: int = 1, **fields: Any) -> Event:  # noqa: ANN401 - as an event has them
    """A hit."""
    return event_at(ts, number, site=SITE, person=person, path=path)._replace(**{"query": "a=1", **fields})


EVENTS: Final = [
    view(TODAY + HOUR, 1, "/a", 1),
    view(TODAY + HOUR + MINUTE, 2, "/a", 1, country="FR", referrer="Google.com/x", referrer_host="google.com"),
    view(TODAY + HOUR + 90 * SECOND, 3, "/Blog/b", 1),
    view(TODAY + 2 * HOUR, 4, "/a", 2),
    view(TODAY + 3 * HOUR, 5, "/a", 3, **NOBODY),
    event_at(TODAY + 3 * HOUR, 6, site=SITE, event_type="custom", name="buy"),
    event_at(TODAY + 3 * HOUR, 7, site=SITE, traffic=1, path="/bot"),
    # An hour that two of New York's days are near, and the 25 hours of a day.
    view(ms("2026-11-01T03:59:59"), 8, "/ny-before", 4),
    view(ms("2026-11-01T04:00"), 9, "/ny-first", 5),
    view(ms("2026-11-02T04:59:59"), 10, "/ny-last", 6),
    view(ms("2026-11-02T05:00"), 11, "/ny-after", 7),
    # Kathmandu's day begins at 18:15 UTC.
    view(ms("2026-10-20T18:14:59"), 12, "/ktm-before", 8),
    view(ms("2026-10-20T18:15"), 13, "/ktm-first", 9),
    view(ms("2026-10-21T18:14:59"), 14, "/ktm-last", 10),
    view(ms("2026-10-21T18:15"), 15, "/ktm-after", 11),
    # New York's day of 23 hours.
    view(ms("2026-03-08T04:59:59"), 16, "/spring-before", 12),
    view(ms("2026-03-08T05:00"), 17, "/spring-first", 13),
    view(ms("2026-03-09T03:59:59"), 18, "/spring-last", 14),
    view(ms("2026-03-09T04:00"), 19, "/spring-after", 15),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(module_database: str) -> AsyncIterator[Stage]:
    """The site with its events, on the afternoon of the last day."""
    with psycopg.connect(module_database) as connection:
        write_events(connection, EVENTS)
    async with staged(module_database, clock=SetClock(NOW)) as stage:
        yield stage


@pytest.fixture
def read(served: Stage) -> Iterator[Stage]:
    """The same, afterwards as it was."""
    yield served
    served.live_in("UTC")
    served.execute("DELETE FROM kudos")
    served.execute("UPDATE sites SET unique_hits = true")


async def paths(stage: Stage, query: str) -> list[str]:
    """The paths of the hits that are listed."""
    return [hit["path"] for hit in (await stage.found(f"/sites/{SITE}/hits?{query}"))["hits"]]


DAY_OF_HITS: Final = "start_date=2026-11-02"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["/ny-after", "/ny-last", "/a", "/a", "/Blog/b", "/a", "/a"]),
        ("&path=/a", ["/a"] * 4),
        ("&path=a?x=1", ["/a"] * 4),
        ("&path=/A", []),
        ("&country=FR", ["/a"]),
        ("&country=XX", ["/a"]),
        ("&referrer=GOOGLE.com/X", ["/a"]),
        ("&referrer=https://google.com", ["/a"]),
        ("&referrer=nowhere", []),
        ("&country=DE&path=/a&referrer=example", ["/a", "/a"]),
        ("&page=2&per_page=3", ["/a", "/Blog/b", "/a"]),
        ("&page=9&per_page=3", []),
    ],
)
async def test_filters(read: Stage, query: str, expected: list[str]) -> None:
    """Of people's hits, the newest first, each by its own values."""
    assert expected == await paths(read, DAY_OF_HITS + query)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("America/New_York", "2026-11-01", ["/ny-last", "/a", "/a", "/Blog/b", "/a", "/a", "/ny-first"]),
        ("America/New_York", "2026-03-08", ["/spring-last", "/spring-first"]),
        ("Asia/Kathmandu", "2026-10-21", ["/ktm-last", "/ktm-first"]),
    ],
)
async def test_days_of_the_account(read: Stage, zone: str, day: str, expected: list[str]) -> None:
    """From its own midnight to the next, however many hours that are; in lists, groups and journeys."""
    read.live_in(zone)
    query = f"start_date={day}&end_date={day}&time_zone=user"
    assert expected == await paths(read, query)
    groups = await read.found(f"/sites/{SITE}/hits?{query}&grouped=true")
    assert sorted(set(expected)) == sorted(group["path"] for group in groups["grouped_hits"])
    assert len(expected) == sum(group["views"] for group in groups["grouped_hits"])
    journeys = await read.found(f"/sites/{SITE}/user_journeys?{query}")
    assert set(expected) == {page["path"] for each in journeys["user_journeys"] for page in each["pages"]}
    assert await paths(read, f"start_date={day}&end_date={day}") != expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (
            "path",
            [
                {"path": "/a", "views": 4, "unique_views": 2},
                {"path": "/Blog/b", "views": 1, "unique_views": 1},
                {"path": "/ny-after", "views": 1, "unique_views": 1},
                {"path": "/ny-last", "views": 1, "unique_views": 1},
            ],
        ),
        (
            "country",
            [
                {"country": "DE", "hit_count": 5},
                {"country": "XX", "hit_count": 1},
                {"country": "FR", "hit_count": 1},
            ],
        ),
        (
            "referrer",
            [
                {"referrer": "https://Direct.example", "hit_count": 5},
                {"referrer": None, "hit_count": 1},
                {"referrer": "https://google.com", "hit_count": 1},
            ],
        ),
        ("browser_name", [{"browser_name": "Firefox", "hit_count": 6}, {"browser_name": None, "hit_count": 1}]),
        ("platform_name", [{"platform_name": "Linux", "hit_count": 6}, {"platform_name": None, "hit_count": 1}]),
    ],
)
async def test_groups(read: Stage, by: str, expected: list[dict[str, object]]) -> None:
    """The greatest first, then by name; of a path also how many visitors of each day saw it."""
    found = await read.found(f"/sites/{SITE}/hits?{DAY_OF_HITS}&grouped=true&group_by={by}")
    assert expected == found["grouped_hits"]
    assert len(expected) == found["pagination"]["total_count"]
    assert (True, by) == (found["filters"]["grouped"], found["filters"]["group_by"])


async def test_an_owner_may_not_want_unique_views(read: Stage) -> None:
    """Then they are left out, and told nowhere."""
    read.execute("UPDATE sites SET unique_hits = false WHERE id = %s", SITE)
    found = await read.found(f"/sites/{SITE}/hits?{DAY_OF_HITS}&grouped=true&per_page=1")
    assert found["grouped_hits"] == [{"path": "/a", "views": 4}]
    assert found["pagination"] == {"current_page": 1, "per_page": 1, "total_count": 4, "total_pages": 4}


async def test_the_leaderboard(read: Stage) -> None:
    """All of the time there is; a filter leaves what shares are of."""
    found = await read.found(f"/sites/{SITE}/leaderboard?per_page=2")
    assert found["leaderboard"] == [
        {"path": "/a", "total_hits": 4, "unique_hits": 2, "percentage": 23.5},
        {"path": "/Blog/b", "total_hits": 1, "unique_hits": 1, "percentage": 5.9},
    ]
    assert found["pagination"] == {"current_page": 1, "per_page": 2, "total_count": 14, "total_pages": 7}
    assert found["filters"] == {"path": None}
    assert found["cache_info"] == {"cached_at": "2026-11-02T12:00:00Z", "expires_at": "2026-11-02T13:00:00Z"}
    part = await read.found(f"/sites/{SITE}/leaderboard?path=bLOG")
    assert part["leaderboard"] == [{"path": "/Blog/b", "total_hits": 1, "unique_hits": 1, "percentage": 5.9}]
    assert part["pagination"]["total_count"] == 1


async def test_journeys(read: Stage) -> None:
    """One for each visitor and UTC day; nobody's hits are in none."""
    found = await read.found(f"/sites/{SITE}/user_journeys?{DAY_OF_HITS}")
    assert [[page["path"] for page in each["pages"]] for each in found["user_journeys"]] == [
        ["/ny-after"],
        ["/ny-last"],
        ["/a"],
        ["/a", "/a", "/Blog/b"],
    ]
    last = found["user_journeys"][-1]
    assert (last["session_duration"], last["duration_minutes"], last["page_count"]) == (90, 2, 3)
    assert found["summary"] == {
        "total_visitors": 4,
        "multi_page_visitors": 1,
        "single_page_visitors": 3,
        "bounce_rate": 75.0,
    }
    assert found["insights"]["top_entry_pages"][0] == {"path": "/a", "visitors": 2}
    second = await read.found(f"/sites/{SITE}/user_journeys?{DAY_OF_HITS}&per_page=3&page=2")
    assert (second["user_journeys"], second["summary"]) == ([last], found["summary"])
    clamped = await read.found(f"/sites/{SITE}/user_journeys?per_page=1000")
    assert clamped["pagination"]["per_page"] == 50


async def test_nothing_is_there(read: Stage) -> None:
    """Every list of a range without hits is empty, and no rate is of nothing."""
    days = "start_date=2025-01-01&end_date=2025-01-02"
    assert (await read.found(f"/sites/{SITE}/hits?{days}"))["hits"] == []
    assert (await read.found(f"/sites/{SITE}/hits?{days}&grouped=true"))["grouped_hits"] == []
    found = await read.found(f"/sites/{SITE}/user_journeys?{days}")
    assert (found["user_journeys"], found["summary"]["bounce_rate"]) == ([], 0.0)
    assert found["pagination"] == {"current_page": 1, "per_page": 50, "total_count": 0, "total_pages": 0}
    read.execute(
        "INSERT INTO sites (id, account_id, domain) OVERRIDING SYSTEM VALUE VALUES (9, %s, 'a.b')", read.account
    )
    assert (await read.found("/sites/9/leaderboard"))["leaderboard"] == []
    new = await read.found("/sites/9")
    assert (new["label"], new["lifetime_hits"], new["lifetime_kudos"]) == ("a.b", 0, 0)
    read.execute("DELETE FROM sites WHERE id = 9")


async def test_kudos(read: Stage) -> None:
    """Given, listed by day, path and uid, and taken back; each uid once."""
    kudos = f"/sites/{SITE}/kudos"
    made = [
        await read.ask("POST", kudos, body=body)
        for body in ({"path": "a?x", "custom_uid": "a/b c"}, {"path": "/b"}, {"path": "/b"})
    ]
    assert [answer.status_code for answer in made] == [201, 201, 201]
    first, second, third = [answer.json()["kudo"] for answer in made]
    assert (first["uid"], first["path"], first["created_at"]) == ("a/b c", "/a", "2026-11-02T12:00:00Z")
    assert len({first["uid"], second["uid"], third["uid"]}) == 3
    taken = await read.ask("POST", kudos, body={"path": "/c", "custom_uid": "a/b c"})
    assert (taken.status_code, taken.json()) == (422, {"status": "error", "errors": ["Uid has already been taken"]})
    assert (await read.found(f"{kudos}?per_page=2"))["kudos"] == [third, second]
    assert (await read.found(f"{kudos}?path=/a"))["kudos"] == [first]
    found = await read.found(f"{kudos}?uid=a/b%20c")
    assert (found["kudos"], found["filters"]["uid"]) == ([first], "a/b c")
    assert (await read.found(f"{kudos}?start_date=2026-11-01&end_date=2026-11-01"))["kudos"] == []
    assert (await read.found(f"/sites/{SITE}"))["lifetime_kudos"] == 3
    gone = await read.ask("DELETE", f"{kudos}/a%2Fb%20c")
    assert (gone.status_code, gone.json()) == (200, {"status": "deleted", "uid": "a/b c"})
    for uid in ("a%2Fb%20c", "%00", "x" * 300):
        again = await read.ask("DELETE", f"{kudos}/{uid}")
        assert (again.status_code, again.json()) == (404, {"error": "Kudo not found"})
    assert (await read.found(kudos))["pagination"]["total_count"] == 2


async def test_kudos_of_the_accounts_days(read: Stage) -> None:
    """A kudo of the evening in Kathmandu is of the next day there."""
    read.live_in("Asia/Kathmandu")
    for uid, at in (("before", "18:14:59Z"), ("first", "18:15Z")):
        read.execute(
            "INSERT INTO kudos (site, uid, path, created_at) VALUES (%s, %s, '/', %s)", SITE, uid, f"2026-10-20 {at}"
        )
    days = "start_date=2026-10-21&end_date=2026-10-21"
    own = await read.found(f"/sites/{SITE}/kudos?{days}&time_zone=user")
    assert [kudo["uid"] for kudo in own["kudos"]] == ["first"]
    assert (await read.found(f"/sites/{SITE}/kudos?{days}"))["kudos"] == []


async def test_me(read: Stage) -> None:
    """What each key is; when it was used is known from the first time on."""
    full, other = [(await read.get("/me", key=key)).json() for key in (read.full, read.read_only)]
    assert (full["email"], full["api_key"]["access_type"], full["api_key"]["name"]) == (
        "me@example.com",
        "full_access",
        None,
    )
    assert (other["email"], other["api_key"]["access_type"], other["api_key"]["name"]) == (
        None,
        "read_only",
        "CLI integration",
    )
    assert full["id"] != other["id"]
    assert full["api_key"]["last_used_at"] is not None


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("hits?time_zone=UTC", "time_zone must be utc or user"),
        ("hits?group_by=source", "group_by must be one of path, country, referrer, browser_name, platform_name"),
        ("hits?page=x", "page must be a whole number from 1 to 1000000000"),
        ("hits?start_date=yesterday", "start_date must be a date as YYYY-MM-DD"),
        ("kudos?per_page=many", "per_page must be a whole number from 1 to 1000"),
        ("kudos?uid=%00", "uid must not contain U+0000 or half a surrogate pair"),
        ("leaderboard?path=%00", "path must not contain U+0000 or half a surrogate pair"),
        (
            "user_journeys?start_date=2020-01-01&end_date=2026-01-01",
            "the range must be at most 730 days, got 2193",
        ),
    ],
)
async def test_what_is_not_understood(read: Stage, path: str, error: str) -> None:
    """400, and what to send; but first a key and a site."""
    answer = await read.get(f"/sites/{SITE}/{path}")
    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert (await read.get(f"/sites/{SITE}/{path}", key="")).status_code == 401
    assert (await read.get(f"/sites/{SITE}/{path}", key=read.stranger)).status_code == 404


@pytest.mark.parametrize("path", ["/sites/456/nothing", "/nothing"])
async def test_what_is_not_there(read: Stage, path: str) -> None:
    """404 in the API's form, with what was asked for, with a key or without."""
    for key in (read.full, ""):
        answer = await read.get(path, key=key)
        assert (answer.status_code, answer.json()) == (404, {"error": f"nothing is at GET /api/v1{path}"})


@pytest.mark.parametrize("path", ["", "/"])
async def test_discovery(read: Stage, path: str) -> None:
    """Without a key, at the address that the operator named, with every route there is."""
    found = (await read.get(path, key="")).json()
    assert found["base_url"] == "https://stats.example.com/api/v1"
    assert {"method": "POST", "path": "/sites/{site_id}/hits/batch"}.items() <= max(
        found["endpoints"], key=lambda each: len(each["path"]) * (each["method"] == "POST")
    ).items()
    assert len(found["endpoints"]) == 16
    assert found["rate_limit"] == {"requests": 500, "per_seconds": 60}


async def test_other_methods(read: Stage) -> None:
    """405 in the API's form."""
    answer = await read.ask("PUT", f"/sites/{SITE}/kudos")
    assert (answer.status_code, answer.json()) == (405, {"error": "Method Not Allowed"})
