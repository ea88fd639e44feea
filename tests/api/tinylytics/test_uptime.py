"""What is read of a site's uptime: as it is after each kind of check, by page, and who is told what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
import pytest_asyncio

from api.dialects.tinylytics import uptime_wire
from core.certificates import Presented, Warned
from core.spans import DAY, HOUR, MINUTE, SECOND
from core.uptime import Standing, step
from storage import uptime
from storage.domains import DomainCheck, Source
from storage.uptime import Check
from tests.api.tinylytics.stage import SITE, staged
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.api.tinylytics.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW: Final = 1_793_620_800_000  # 2026-11-02T12:00Z
UPTIME: Final = f"/sites/{SITE}/uptime"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(module_database: str) -> AsyncIterator[Stage]:
    """The site, which is monitored."""
    async with staged(module_database, clock=SetClock(NOW)) as stage:
        yield stage


@pytest.fixture
def read(served: Stage) -> Iterator[Stage]:
    """The same, which nobody has looked at."""
    served.execute("UPDATE sites SET uptime = true, uptime_url = '' WHERE id = %s", SITE)
    yield served
    served.execute("DELETE FROM monitors")
    served.execute("DELETE FROM downtimes")
    served.execute("DELETE FROM watched_spans")


def check(stage: Stage, at: int, error: str = "", url: str = "https://example.com/") -> None:
    """A check was made, and is written."""
    with psycopg.connect(stage.dsn) as connection:
        found = uptime.of_site(connection, SITE)
        standing = Standing() if found is None else found.standing(url)
        done = step(standing, at, is_up=not error)
        status = None if error else 200
        uptime.write(connection, SITE, Check(at, url, status, error, None, Warned(), done))


async def monitor(stage: Stage) -> dict[str, Any]:
    """The monitor that is shown."""
    found = await stage.found(UPTIME)
    shown: dict[str, Any] = found["monitor"]
    return shown


async def test_before_the_first_check(read: Stage) -> None:
    """What is not known is null; a site that has another address now begins anew."""
    found = await read.found(UPTIME)
    shown = found["monitor"]
    assert (shown["id"], shown["status_description"], shown["uptime"], shown["is_down"]) == (
        None,
        "Pending",
        None,
        False,
    )
    assert (shown["url"], shown["next_check_at"]) == ("https://example.com", "2026-11-02T12:00:00Z")
    assert shown["ssl"] == {
        "expires_at": None,
        "valid": None,
        "expiring_soon": False,
        "expired": False,
        "days_until_expiry": None,
    }
    assert (found["downtimes"], found["pagination"]["total_pages"]) == ([], 0)
    check(read, NOW - MINUTE, url="https://example.com/old")
    assert (await monitor(read))["status_description"] == "Pending"


async def test_up_doubted_down_and_up(read: Stage) -> None:
    """A downtime is partial until a second check confirms it."""
    begin = NOW - HOUR
    check(read, begin)
    assert (await monitor(read))["status_description"] == "Up"
    check(read, begin + 5 * MINUTE, "Connection refused")
    found = await read.found(UPTIME)
    shown, (downtime,) = found["monitor"], found["downtimes"]
    assert (shown["status_description"], shown["is_down"], shown["current_check_interval"]) == ("Verifying", False, 45)
    assert (shown["last_status_code"], shown["last_error_message"]) == (None, "Connection refused")
    assert (downtime["partial"], downtime["ongoing"], downtime["ended_at"]) == (True, True, None)
    assert (downtime["duration"], downtime["duration_in_words"]) == (55 * 60, "55 minutes")
    check(read, begin + 6 * MINUTE, "Connection refused")
    found = await read.found(UPTIME)
    shown, (downtime,) = found["monitor"], found["downtimes"]
    assert (shown["status_description"], shown["is_down"], downtime["partial"]) == ("Down", True, False)
    assert found["summary"]["ongoing_downtimes"] == 1
    check(read, begin + 10 * MINUTE)
    found = await read.found(UPTIME)
    shown, (downtime,) = found["monitor"], found["downtimes"]
    assert (shown["status_description"], shown["is_down"], shown["uptime"]) == ("Up", False, 50.0)
    assert (downtime["ongoing"], downtime["duration"]) == (False, 300)


async def test_paused(read: Stage) -> None:
    """It says so, and that there is no next check."""
    check(read, NOW - 8 * DAY, "Connection refused")
    check(read, NOW - 8 * DAY + MINUTE, "Connection refused")
    read.execute("UPDATE monitors SET due_at = %s::timestamptz", "2026-11-02 11:00Z")
    check(read, NOW - HOUR, "Connection refused")
    shown = await monitor(read)
    assert (shown["status_description"], shown["auto_paused"], shown["is_down"]) == ("Paused", True, True)
    assert (shown["next_check_at"], shown["current_check_interval"]) == (None, None)


async def test_downtimes_by_page(read: Stage) -> None:
    """Those that reach into 30 days, the newest first; the tally knows the others."""
    for days in (31, 30, 3, 2, 1):
        read.execute(
            "INSERT INTO downtimes (site, error, started_at, ended_at, confirmed) VALUES"
            " (%s, %s, to_timestamp(%s), to_timestamp(%s), true)",
            SITE,
            str(days),
            (NOW - days * DAY - MINUTE) // SECOND,
            (NOW - days * DAY + MINUTE) // SECOND,
        )
    first = await read.found(f"{UPTIME}?per_page=3")
    assert [each["error"] for each in first["downtimes"]] == ["1", "2", "3"]
    assert first["pagination"] == {"current_page": 1, "per_page": 3, "total_count": 4, "total_pages": 2}
    second = await read.found(f"{UPTIME}?per_page=3&page=2")
    assert [each["error"] for each in second["downtimes"]] == ["30"]
    assert second["summary"] == {"total_downtimes": 5, "ongoing_downtimes": 0, "recent_downtimes_30_days": 4}
    assert (await read.found(f"{UPTIME}?per_page=1000"))["pagination"]["per_page"] == 100


async def test_in_which_order_it_is_refused(read: Stage) -> None:
    """A key, a site of one's own, the switch, then what is asked."""
    wrong = f"{UPTIME}?page=x"
    assert (await read.get(wrong)).json() == {"error": "page must be a whole number from 1 to 1000000000"}
    read.execute("UPDATE sites SET uptime = false WHERE id = %s", SITE)
    answers = [await read.get(wrong, key=key) for key in ("", read.stranger, read.full)]
    assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [
        (401, "Invalid API key"),
        (404, "Site not found"),
        (404, "Uptime monitoring is not enabled for this site"),
    ]


@pytest.mark.parametrize(
    ("left", "valid", "expected"),
    [
        (31 * DAY, True, (True, False, False, 31)),
        (30 * DAY, True, (True, True, False, 30)),
        (HOUR, True, (True, True, False, 0)),
        (12 * HOUR, True, (True, True, False, 1)),
        (0, True, (False, False, True, 0)),
        (-DAY, False, (False, False, True, 0)),
        (60 * DAY, False, (False, False, False, 60)),
    ],
)
async def test_a_certificate(left: int, *, valid: bool, expected: tuple[bool, bool, bool, int]) -> None:
    """Valid, ending soon, ended, and in how many days."""
    shown = uptime_wire.ssl(Presented(NOW + left, valid), NOW)
    assert expected == (shown["valid"], shown["expiring_soon"], shown["expired"], shown["days_until_expiry"])


async def test_a_domain(read: Stage) -> None:
    """One that nobody tells the end of, and one of another name than the site has now."""
    unknown = DomainCheck(SITE, "example.com", NOW, None, None)
    assert uptime_wire.domain(unknown, NOW) == {
        "tested_at": "2026-11-02T12:00:00Z",
        "expires_at": None,
        "remaining_days": None,
        "source": None,
        "expired": False,
        "expiring_soon": False,
        "days_until_expiry": None,
    }
    shown = uptime_wire.domain(unknown._replace(expires_at=NOW + 20 * DAY, source=Source.RDAP), NOW)
    assert (shown["remaining_days"], shown["source"], shown["expiring_soon"]) == (20, "rdap", True)
    for domain, source in (("example.org", None), ("example.com", "whois")):
        read.execute("DELETE FROM domain_checks")
        read.execute(
            "INSERT INTO domain_checks (site, domain, tested_at, source) VALUES (%s, %s, now(), 'whois')", SITE, domain
        )
        assert (await monitor(read))["domain"]["source"] == source
