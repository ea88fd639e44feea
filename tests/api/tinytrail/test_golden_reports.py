"""Every example of the reports, from the address down to the rollups and rows that it is counted from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg.sql import SQL, Identifier, Placeholder

from aggregations.reports import Reports
from api import failures
from api.dialects.tinytrail.envelope import failure
from api.dialects.tinytrail.named import StoredNamed
from api.dialects.tinytrail.reports import reports_router
from core.dimensions import NUMBERS, Dimension
from core.funnels import Steps
from core.goals import Goal
from core.segments import Segment
from core.spans import DAY, HOUR, MINUTE
from core.telemetry import NoTelemetry
from storage.definitions import FUNNELS, GOALS, SEGMENTS
from storage.pool import open_pool
from storage.times import instant
from tests.api.tinytrail.test_reports import SITE, FixedKeys, FixedRealtime, find_site
from tests.cases import event_at
from tests.clocks import SetClock
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date

GOLDEN: Final = Path(__file__).parent / "golden"
#: The examples of the API's text, then those of our extensions.
PAIRS: Final[list[dict[str, Any]]] = [
    pair for file in ("reports.json", "extended.json") for pair in json.loads((GOLDEN / file).read_text())
]


def ms(day: str) -> int:
    """The start of a UTC day."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1_000


#: The week of most examples, the one before, and that of the series.
WEEK: Final = ms("2026-02-23")
WEEK_BEFORE: Final = ms("2026-02-16")
SERIES: Final = ms("2026-03-13")
#: Visits by dimension and value. Who came from nowhere or by no campaign is in none of these examples' rows.
VISITS_BY: Final = {
    Dimension.CHANNEL: {"Direct": 3200, "Organic Search": 4500, "Social": 1800},
    Dimension.REFERRER: {"": 3200, "google.com": 3200, "twitter.com": 1100},
    Dimension.UTM: {"\t\t": 8650, "twitter\tsocial\tlaunch": 850},
    Dimension.DEVICE: {"mobile": 3200, "desktop": 8500},
    Dimension.BROWSER: {"Chrome": 6400, "Safari": 3100},
    Dimension.OS: {"Windows": 5200, "macOS": 3800},
    Dimension.SCREEN: {"376-768": 2800, "1025-1440": 4200},
}


def roll(connection: psycopg.Connection, table: str, day: int, **columns: int | str) -> None:
    """Write the row of a day; what is not given is 0."""
    names = [
        name
        for (name,) in connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
        )
    ]
    row = dict.fromkeys(names, 0) | {"site": SITE.id, "grain": 1, "span": instant(day)} | columns
    statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(table),
        SQL(", ").join(map(Identifier, row)),
        SQL(", ").join(map(Placeholder, row)),
    )
    connection.execute(statement, row)


def fill(connection: psycopg.Connection) -> None:
    """Make the examples true."""
    steps = [("/pricing", 5000), ("/signup", 1200), ("/onboarding", 900)]
    write_events(
        connection,
        [
            event_at(WEEK + HOUR + number * MINUTE, number, site=SITE.id, person=person + 1, path=path)
            for number, (path, people) in enumerate(steps)
            for person in range(people)
        ],
    )
    connection.execute(
        "INSERT INTO accounts (name) VALUES ('owner');"
        "INSERT INTO sites (id, account_id, domain) OVERRIDING SYSTEM VALUE SELECT 7, id, 'example.com' FROM accounts"
    )
    SEGMENTS.insert(connection, SITE.id, "Priced", Segment((("entry", "/pricing"),)))
    GOALS.insert(connection, SITE.id, "Signed up", Goal(page="/signup"))
    FUNNELS.insert(connection, SITE.id, "Onboarding", Steps(tuple(path for path, _ in steps)))
    # Only the funnel is told from the rows: a day without marks is right as it is rolled up.
    connection.execute("DELETE FROM marks")
    for day, views, visits, visitors, bounces, seconds in (
        (WEEK, 34200, 12450, 9870, 5266, 185),
        (WEEK_BEFORE, 30100, 11200, 8930, 4939, 172),
    ):
        sums = {"views": views, "visits": visits, "new": visitors, "bounces": bounces}
        roll(connection, "roll_site", day, **sums, duration_ms=seconds * 1_000 * visits)
    for number, views in enumerate((1200, 1350, 980, 870, 1100, 1420, 1290)):
        roll(connection, "roll_site", SERIES + number * DAY, views=views)
    roll(connection, "roll_path", WEEK, path="/blog/getting-started", views=5420, s1=3210)
    roll(connection, "roll_path", WEEK, path="/", landings=5200)
    roll(connection, "roll_path", WEEK, path="/blog", landings=2100)
    roll(connection, "roll_path", WEEK, path="/pricing", exits=3400)
    roll(connection, "roll_path", WEEK, path="/contact", exits=1800)
    for dimension, values in VISITS_BY.items():
        for value, visits in values.items():
            roll(connection, "roll_dim", WEEK, dim=NUMBERS[dimension], value=value, visits=visits)
    roll(connection, "roll_event", WEEK, type="custom", name="signup_complete", count=342)
    roll(connection, "roll_event", WEEK, type="custom", name="video_play", count=218)
    roll(connection, "roll_event", WEEK, type="page_view", name="", count=34200)
    roll(connection, "roll_event", WEEK, type="outbound_link", name="example.org", count=77)


@pytest.fixture(scope="module")
def dsn(module_database: str) -> str:
    """A database in which the examples are true."""
    with psycopg.connect(module_database) as connection:
        fill(connection)
    return module_database


@pytest.fixture
async def client(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    """A user of the routes, on the evening of the series' last day."""

    async def aggregate(_: date) -> None:
        pytest.fail("no example asks for it")

    with open_pool(dsn, size=2) as pool:
        clock = SetClock(SERIES + 6 * DAY + 20 * HOUR)
        reports = Reports(pool, clock=clock, telemetry=NoTelemetry())
        app = FastAPI()
        app.state.keys = FixedKeys()
        failures.install(app, enveloped=failure)
        app.include_router(
            reports_router(
                reports=reports,
                realtime=FixedRealtime(),
                aggregate=aggregate,
                find_site=find_site,
                named=StoredNamed(pool),
                clock=clock,
            )
        )
        transport, headers = httpx.ASGITransport(app=app), {"X-API-KEY": "user"}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as made:
            yield made
        reports.close()


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["example"] for pair in PAIRS])
async def test_an_example_is_answered_to_the_letter(client: httpx.AsyncClient, pair: dict[str, Any]) -> None:
    """Every number of it, its fields in the documented order."""
    report, _, query = pair["request"].partition("?")
    answer = await client.get(f"/api/v1/reports/{report}?website_id={SITE.uuid}&{query}")
    assert pair.get("status", 200) == answer.status_code
    if "csv" in pair:
        assert "".join(f"{line}\r\n" for line in pair["csv"]) == answer.text
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    else:
        assert pair["response"] == answer.json()
        assert json.dumps(pair["response"]) == json.dumps(answer.json())
