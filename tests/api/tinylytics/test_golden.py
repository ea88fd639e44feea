"""Every example of the API's text that reads, and those of kudos; hits that are written are in test_writes.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from psycopg.types.json import Jsonb

from core.spans import DAY, HOUR, MINUTE, SECOND
from tests.api.tinylytics.stage import SITE, staged
from tests.cases import event_at
from tests.clocks import SetClock
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from core.events import Event
    from tests.api.tinylytics.stage import Stage

PAIRS: Final[list[dict[str, Any]]] = json.loads((Path(__file__).parent / "golden" / "examples.json").read_text())


def ms(text: str) -> int:
    """An instant of UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


NOW: Final = ms("2026-02-14T10:00")


def view(ts: int, number: int, path: str, person: int) -> Event:
    """A hit as the examples have it."""
    return event_at(ts, number, site=SITE, person=person, path=path)._replace(
        visitor=person,
        prev=0,
        query="",
        hostname="example.com",
        referrer="google.com",
        referrer_host="google.com",
    )


def pages(ts: int, path: str, *, hits: int, visitors: int) -> list[Event]:
    """So many hits of a page, of so many people, within an hour."""
    return [view(ts + n * HOUR // hits, n, path, 1 + n % visitors) for n in range(hits)]


def one_hit() -> Sequence[Event]:
    """The one of the text; what was before and after the account's day is not shown."""
    hit = view(ms("2026-02-13T14:22"), 1, "/pricing", 1)._replace(
        event_id=789, country="US", browser="Safari", os="macOS", utm_source="google"
    )
    before, after = ms("2026-02-12T18:14:59"), ms("2026-02-13T18:15")
    return [view(before, 2, "/pricing", 2), hit, view(after, 3, "/pricing", 3)]


def pricing() -> Sequence[Event]:
    """142 hits of 98 people."""
    return pages(ms("2026-02-13T10:00"), "/pricing", hits=142, visitors=98)


def blog() -> Sequence[Event]:
    """540 of 4,320 hits are of the blog."""
    return [
        *pages(ms("2026-01-02T10:00"), "/blog/hello-world", hits=540, visitors=320),
        *pages(ms("2026-01-02T12:00"), "/", hits=3_780, visitors=50),
    ]


def journeys() -> Sequence[Event]:
    """230 journeys, 135 of them of one page."""
    ways = [
        (["/", "/x", "/pricing"], 59),
        (["/", "/blog/hello-world"], 30),
        (["/blog", "/z"], 5),
        (["/"], 30),
        (["/blog"], 40),
        *[([f"/p{number}"], 5) for number in range(13)],
    ]
    people, start = count(1), ms("2026-01-14T12:00")
    found = [
        view(start + person * MINUTE + n * SECOND, person, path, person)
        for way, times in ways
        for person in [next(people) for _ in range(times)]
        for n, path in enumerate(way)
    ]
    way = ["/", "/blog", "/blog/hello-world", "/pricing"]
    return [*found, *(view(ms("2026-01-15T10:00") + n * 4 * MINUTE, n, path, 231) for n, path in enumerate(way))]


#: What is in the store, by the example's word.
EVENTS: Final = {each.__name__: each for each in (one_hit, pricing, blog, journeys)}
KUDO: Final = (
    "INSERT INTO kudos (id, site, uid, path, created_at) OVERRIDING SYSTEM VALUE"
    " VALUES (321, 456, 'pricing-kudo-1', '/pricing', '2026-02-10 08:15Z')"
)
STATEMENTS: Final = {
    "content": "UPDATE sites SET content = true, content_url = 'https://example.com/blog' WHERE id = 456;"
    "INSERT INTO content_monitors (site, ran_at, checked_at, due_at, ok_count)"
    " VALUES (456, '2026-02-14 08:00Z', '2026-02-14 08:00Z', '2026-02-15 08:00Z', 47);"
    "INSERT INTO content_issues (id, site, kind, url, found_on, status_code, message, found_at, checked_at)"
    " OVERRIDING SYSTEM VALUE VALUES (201, 456, 'broken_link', 'https://example.com/old-page', 'https://example.com/',"
    " 404, 'Not Found', '2026-02-13 08:00Z', '2026-02-14 08:00Z')",
    # The rest of the 30 days nobody looked.
    "uptime": "UPDATE sites SET uptime = true WHERE id = 456;"
    "INSERT INTO monitors (id, site, url, created_at, checked_at, due_at, status, certificate_expires_at,"
    " certificate_valid) OVERRIDING SYSTEM VALUE VALUES (101, 456, 'https://example.com/', '2025-06-01 12:00Z',"
    " '2026-02-14 09:55Z', '2026-02-14 10:00Z', 200, '2026-08-01Z', true);"
    "INSERT INTO watched_spans VALUES (456, '2026-01-24 10:00Z', '2026-02-14 09:55Z');"
    "INSERT INTO domain_checks (site, domain, tested_at, expires_at, source)"
    " VALUES (456, 'example.com', '2026-02-14Z', '2027-06-01Z', 'whois');"
    "INSERT INTO downtimes (id, site, error, started_at, ended_at, confirmed) OVERRIDING SYSTEM VALUE VALUES"
    " (53, 456, 'Connection refused', '2025-09-01 03:00Z', '2025-09-01 03:05Z', true),"
    " (54, 456, 'Connection refused', '2025-10-01 03:00Z', '2025-10-01 03:05Z', true),"
    " (55, 456, 'Connection timed out', '2026-02-10 03:00Z', '2026-02-10 03:15Z', true)",
    "unused": "CREATE RULE unused AS ON UPDATE TO api_keys DO INSTEAD NOTHING",
    "kudo": KUDO,
    "next_kudo": "ALTER TABLE kudos ALTER COLUMN id RESTART WITH 321",
    "excluded": "UPDATE sites SET excluded_paths = '{/pricing}' WHERE id = 456",
    "lifetime": "INSERT INTO roll_site"
    " VALUES (456, 1, 0, '2026-01-02Z', 0, 12340, 0, 0, 8920, 0, 0, 0, 0, 0, 0, 0, 0);"
    "INSERT INTO kudos (site, uid, path) SELECT 456, n::text, '/' FROM generate_series(1, 87) n",
}


@pytest.fixture
async def stage(postgres_database: str) -> AsyncIterator[Stage]:
    """The site, in the morning of the text's last day; its account lives in Kathmandu."""
    async with staged(postgres_database, clock=SetClock(NOW)) as stage:
        stage.live_in("Asia/Kathmandu")
        stage.execute(
            "UPDATE users SET created_at = '2025-06-01 12:00Z', email = 'me@example.com';"
            "UPDATE api_keys SET last_used_at = '2026-02-12 10:00Z'"
        )
        stage.execute(
            "ALTER TABLE users ALTER COLUMN number DROP IDENTITY;"
            "UPDATE users SET number = 123 FROM api_keys WHERE users.id = user_id AND access = 'read_only'"
        )
        yield stage


def fill(stage: Stage, word: str) -> None:
    """Make an example true."""
    if word in EVENTS:
        with psycopg.connect(stage.dsn) as connection:
            write_events(connection, EVENTS[word]())
    if word in STATEMENTS:
        stage.execute(STATEMENTS[word])


def keep(stage: Stage, shown: dict[str, Any]) -> None:
    """Put into the store what the example says, and when the next is made: our own words are other ones."""
    told = ("summary", "signals", "traffic_patterns", "best_content", "recommendations")
    stage.execute(
        "INSERT INTO insights (id, site, insights_for_date, generated_at, document) OVERRIDING SYSTEM VALUE"
        " VALUES (%s, %s, %s, %s, %s)",
        *(shown["id"], SITE, shown["insights_for_date"], shown["generated_at"]),
        Jsonb({name: shown[name] for name in told}),
    )
    stage.execute("INSERT INTO jobs (kind, subject, due_at) VALUES ('insights', %s, '2026-02-15 06:00Z')", SITE)


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["example"] for pair in PAIRS])
async def test_an_example_is_answered_to_the_letter(stage: Stage, pair: dict[str, Any]) -> None:
    """Every number of it, its fields in the documented order."""
    fill(stage, pair.get("fill", ""))
    if pair["example"] == "insights":
        keep(stage, pair["response"]["insights"][0])
    key = {"none": "", "read_only": stage.read_only}.get(pair.get("key", ""))
    answer = await stage.ask(pair.get("method", "GET"), pair["request"], key=key, body=pair.get("body"))
    assert pair.get("status", 200) == answer.status_code
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    if pair.get("parts"):
        # The text shows a part of its lists: a page that somebody entered by and saw no other is one to leave from too.
        found["user_journeys"] = found["user_journeys"][:1]
        named = {name: [page["path"] for page in top] for name, top in pair["response"]["insights"].items()}
        found["insights"] = {
            name: [page for page in top if page["path"] in named[name]] for name, top in found["insights"].items()
        }
    assert json.dumps(pair["response"], indent=1) == json.dumps(found, indent=1)


async def test_every_answer_of_a_day_adds_up(stage: Stage) -> None:
    """The list, every group and the leaderboard have the same hits."""
    fill(stage, "journeys")
    query = f"start_date={datetime.fromtimestamp((NOW - 40 * DAY) / SECOND, tz=UTC).date()}&per_page=1000"
    listed = await stage.found(f"/sites/{SITE}/hits?{query}")
    total = listed["pagination"]["total_count"]
    assert len(listed["hits"]) == total == 386
    for column in ("path", "country", "referrer", "browser_name", "platform_name"):
        groups = await stage.found(f"/sites/{SITE}/hits?{query}&grouped=true&group_by={column}")
        assert total == sum(group.get("views", group.get("hit_count")) for group in groups["grouped_hits"])
    board = await stage.found(f"/sites/{SITE}/leaderboard?per_page=1000")
    assert total == sum(page["total_hits"] for page in board["leaderboard"])
    site = await stage.found(f"/sites/{SITE}")
    assert (total, sum(page["unique_hits"] for page in board["leaderboard"])) == (
        site["lifetime_hits"],
        site["lifetime_unique_hits"],
    )
