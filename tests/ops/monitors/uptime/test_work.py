"""The job that asks a site if it is up, against servers on loopback, a database, and a clock that is turned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from aiohttp import web

from core.spans import DAY, HOUR, MINUTE, SECOND
from core.uptime import CONFIRMED_AFTER, INTERVAL
from ops.outbound.answer import Bounds
from storage import messages
from tests.ops.monitors.uptime.stage import staged
from tests.outbound.answers import redirect, silent
from tests.outbound.world import Page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.ops.monitors.uptime.stage import Stage
    from tests.outbound.world import World


UP: Final = Page(body="here")
BROKEN: Final = Page(status=503)


@pytest.fixture
async def stage(module_database: str) -> AsyncIterator[Stage]:
    """The front page of a shop."""
    async with staged(module_database) as stage:
        yield stage


def time(ms: int) -> str:
    """A time as messages say it."""
    return f"{datetime.fromtimestamp(ms // SECOND, tz=UTC):%Y-%m-%d %H:%M} UTC"


#: What is asked for, what is there, and what is seen of it: the status, and why it counts as down.
LOOKS: Final[dict[str, tuple[Callable[[World], str], object, int | None, str]]] = {
    "a page": (lambda world: world.url("shop.test"), UP, 200, ""),
    "a page over TLS": (lambda world: world.https("www.shop.test"), UP, 200, ""),
    "an empty answer": (lambda world: world.url("shop.test"), Page(status=204), 204, ""),
    "a page elsewhere": (lambda world: world.url("shop.test", "/old"), UP, 200, ""),
    "no page": (lambda world: world.url("shop.test", "/gone"), UP, 404, "404 Not Found"),
    "an error": (lambda world: world.url("shop.test"), Page(status=500), 500, "500 Internal Server Error"),
    "a status that nobody knows": (lambda world: world.url("shop.test"), Page(status=599), 599, "Status 599"),
    "nobody": (lambda world: world.down(), UP, None, "Connection refused"),
    "no such name": (lambda _: "http://nowhere.test/", UP, None, "Name not found"),
    "a way inside": (
        lambda world: world.url("shop.test"),
        redirect("http://169.254.169.254/latest/meta-data/"),
        None,
        "The address 169.254.169.254 is not public",
    ),
    "a circle": (lambda world: world.url("shop.test"), redirect("/"), None, "Redirected in a circle"),
    "no HTTP": (lambda world: world.raw("/garbage"), UP, None, "The answer is not HTTP"),
    "an expired certificate": (lambda world: world.https("expired.test"), UP, None, "Certificate has expired"),
    "a certificate of nobody": (lambda world: world.https("self-signed.test"), UP, None, "Certificate is self-signed"),
    "somebody else's certificate": (
        lambda world: world.https("wrong-name.test"),
        UP,
        None,
        "Certificate is for another name",
    ),
}


@pytest.mark.parametrize(("address", "page", "status", "error"), LOOKS.values(), ids=LOOKS)
async def test_what_is_seen(
    stage: Stage, address: Callable[[World], str], page: Page, status: int | None, error: str
) -> None:
    """The last status and words for people; what is not up is checked again at once."""
    stage.world.pages["shop.test"] = stage.world.pages["www.shop.test"] = {"/": page, "/old": redirect("/")}
    stage.set(uptime_url=address(stage.world))
    due_at = await stage.check()
    seen = stage.monitor()
    assert (status, error) == (seen.status, seen.error)
    assert due_at == seen.due_at == stage.clock.now + (CONFIRMED_AFTER if error else INTERVAL)
    assert [each.error for each in stage.downtimes()] == ([error] if error else [])


async def test_silence_is_no_answer(module_database: str) -> None:
    """A site that takes its request and says nothing is down when the time is over."""
    async with staged(module_database, bounds=Bounds(seconds=0.5)) as stage:
        stage.world.pages["shop.test"] = {"/": silent}
        await stage.check()
        assert stage.monitor().error == "No answer within 0.5 s"


async def test_a_site_goes_down_for_a_day_and_an_hour_and_comes_back(stage: Stage) -> None:
    """Checked as often as documented, told of once each way, and one downtime is written."""
    pages, begin = stage.world.pages["shop.test"], stage.clock.now
    pages["/"] = UP
    assert await stage.check_until(begin + HOUR) == 12
    pages["/"] = BROKEN
    # One that fails, one that confirms it, every 5 minutes for a day, every 10 minutes for almost an hour.
    assert await stage.check_until(begin + 26 * HOUR) == 2 + 24 * 12 + 5
    down = stage.monitor()
    assert down.downtime is not None
    assert (down.downtime.started_at, down.downtime.is_confirmed) == (begin + HOUR, True)
    pages["/"] = UP
    ended_at = stage.clock.now
    await stage.check_until(ended_at + HOUR)
    (past,) = stage.downtimes()
    assert (past.started_at, past.ended_at, past.is_confirmed) == (begin + HOUR, ended_at, True)
    assert past.error == "503 Service Unavailable"
    told = stage.told()
    assert [each.title for each in told] == [
        "shop.test is down: 503 Service Unavailable",
        "shop.test is up again, after 1 day 1 hour",
    ]
    assert time(begin + HOUR) in told[0].text
    watched = stage.monitor().checked_at - begin
    assert stage.percentage() == round(100 - 100 * (ended_at - begin - HOUR) / watched, 2)


async def test_a_single_failure_is_nobodys_message(stage: Stage) -> None:
    """It is a downtime in part, and the percentage does not know it."""
    stage.world.pages["shop.test"] = {"/": BROKEN}
    begin = stage.clock.now
    assert await stage.check() == begin + CONFIRMED_AFTER
    stage.world.pages["shop.test"] = {"/": UP}
    stage.clock.now = begin + CONFIRMED_AFTER
    await stage.check_until(begin + HOUR)
    (past,) = stage.downtimes()
    assert (past.ended_at, past.is_confirmed) == (begin + CONFIRMED_AFTER, False)
    assert (stage.percentage(), stage.told()) == (100.0, [])


async def give_up(stage: Stage) -> None:
    """A site that was down for a week; the days are skipped."""
    stage.world.pages["shop.test"] = {"/": BROKEN}
    begin = stage.clock.now
    await stage.check_until(begin + 3 * MINUTE)
    stage.execute(
        "UPDATE downtimes SET started_at = started_at - interval '6 days 23 hours 57 minutes' WHERE site = %s",
        stage.site.id,
    )
    assert stage.is_planned()
    assert await stage.check() is None
    assert (stage.monitor().due_at, stage.is_planned()) == (None, False)
    assert [each.kind for each in stage.told()] == ["monitor_down", "monitor_paused"]
    stage.clock.now += MINUTE


async def test_a_paused_site_goes_on_when_it_is_switched_off_and_on(stage: Stage) -> None:
    """It begins anew: a site that is still down is told of again."""
    await give_up(stage)
    stage.set(honour_dnt=False)
    assert not stage.is_planned()
    stage.set(uptime=False)
    assert not stage.is_planned()
    stage.set(uptime=True)
    assert stage.is_planned()
    await stage.check_until(stage.clock.now + 10 * MINUTE)
    ongoing, given_up = stage.downtimes()
    assert ongoing.ended_at is None
    assert given_up.ended_at is not None
    assert [each.kind for each in stage.told()] == ["monitor_down", "monitor_paused", "monitor_down"]


async def test_a_paused_site_goes_on_when_its_address_changes(stage: Stage) -> None:
    """And is told to be up, if it is."""
    await give_up(stage)
    paused_at = stage.monitor().checked_at
    stage.world.pages["blog.test"] = {"/": UP}
    stage.set(uptime_url=stage.world.url("blog.test"))
    assert stage.is_planned()
    assert await stage.check() == stage.clock.now + INTERVAL
    assert [each.ended_at for each in stage.downtimes()] == [paused_at]
    assert [each.kind for each in stage.told()] == ["monitor_down", "monitor_paused", "monitor_up"]


@pytest.mark.parametrize(
    ("changes", "is_due"),
    [
        ([{"honour_dnt": False}], False),
        ([{"uptime_url": "http://blog.test/"}], True),
        ([{"uptime_url": ""}], True),
        ([{"uptime": False}, {"uptime": True}], True),
    ],
)
async def test_a_job_does_not_wait_when_its_address_changes(
    stage: Stage, changes: list[dict[str, object]], *, is_due: bool
) -> None:
    """However quickly the owner is, so that nobody has noticed what was between."""
    await stage.check()
    stage.execute(
        "INSERT INTO jobs (kind, subject, due_at) VALUES ('uptime', %s, now() + interval '1 hour')", stage.site.id
    )
    for each in changes:
        stage.set(**each)
    with stage.pool.connection() as connection:
        found = connection.execute(
            "SELECT due_at <= now() FROM jobs WHERE kind = 'uptime' AND subject = %s", [stage.site.id]
        ).fetchone()
    assert found == (is_due,)


async def test_time_in_which_nobody_looked_does_not_count(stage: Stage) -> None:
    """Neither as a downtime nor as time that a site was up, whatever is found afterwards."""
    pages, begin = stage.world.pages["shop.test"], stage.clock.now
    pages["/"] = UP
    await stage.check_until(begin + HOUR)
    pages["/"] = BROKEN
    await stage.check_until(begin + 2 * HOUR)
    last = stage.monitor().checked_at
    stage.clock.now += 5 * HOUR
    pages["/"] = UP
    back = stage.clock.now
    await stage.check_until(back + HOUR)
    (past,) = stage.downtimes()
    assert (past.started_at, past.ended_at) == (begin + HOUR, last)
    watched = last - begin + stage.monitor().checked_at - back
    assert stage.percentage() == round(100 - 100 * (last - begin - HOUR) / watched, 2)
    assert [each.kind for each in stage.told()] == ["monitor_down", "monitor_up"]


async def test_what_cannot_be_written_is_looked_at_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is there, and the next run writes and tells it once."""
    stage.world.pages["shop.test"] = {"/": BROKEN}
    await stage.check()
    before = stage.monitor()
    stage.clock.now += CONFIRMED_AFTER

    def fail(*_: object) -> None:
        raise psycopg.OperationalError("the server went away")

    with monkeypatch.context() as broken:
        broken.setattr(messages, "notify", fail)
        with pytest.raises(psycopg.OperationalError):
            await stage.check()
    assert (stage.monitor(), stage.told()) == (before, [])
    for _ in range(3):
        stage.clock.now += MINUTE
        await stage.check()
    assert [each.kind for each in stage.told()] == ["monitor_down"]
    assert len(stage.downtimes()) == 1


@pytest.mark.parametrize(
    ("name", "days", "titles"),
    [
        ("www.shop.test", None, []),
        ("soon.test", 5, ["The certificate of shop.test expires in 5 days"]),
        ("expired.test", 0, ["The certificate of shop.test has expired"]),
        ("wrong-name.test", None, ["The certificate of shop.test is not valid"]),
    ],
)
async def test_certificates_are_told_of_once(stage: Stage, name: str, days: int | None, titles: list[str]) -> None:
    """By what the handshake shows, of a site that is up or down."""
    stage.world.pages[name] = {"/": UP}
    stage.set(uptime_url=stage.world.https(name))
    await stage.check_until(stage.clock.now + 20 * MINUTE)
    found = stage.monitor().certificate
    assert found is not None
    assert found.is_valid == (name in {"www.shop.test", "soon.test"})
    if days is not None:
        assert (found.expires_at - stage.clock.now) // DAY < days
    assert [each.title for each in stage.told() if each.kind == "certificate_expiring"] == titles


async def test_a_certificate_is_remembered_while_nobody_shows_one(stage: Stage) -> None:
    """But not once the site is up without, or has another address."""
    stage.world.pages["www.shop.test"] = {"/": UP}
    stage.set(uptime_url=stage.world.https("www.shop.test"))
    await stage.check()
    shown = stage.monitor().certificate
    assert shown is not None
    stage.world.pages["www.shop.test"] = {"/": redirect(stage.world.down())}
    await stage.check()
    assert (stage.monitor().error, stage.monitor().certificate) == ("Connection refused", shown)
    stage.world.pages["www.shop.test"] = {"/": redirect(stage.world.url("www.shop.test", "/plain")), "/plain": UP}
    await stage.check()
    assert (stage.monitor().error, stage.monitor().certificate) == ("", None)
    stage.set(uptime_url=stage.world.down())
    await stage.check()
    assert stage.monitor().certificate is None


@pytest.mark.parametrize("change", ["off", "deleted", "moved"])
async def test_what_changes_while_it_is_asked_is_not_told_of(stage: Stage, change: str) -> None:
    """What was found is of a site that is not like that any more."""
    moved_to = stage.world.url("blog.test")

    async def answer(_: web.Request) -> web.StreamResponse:
        if change == "off":
            stage.set(uptime=False)
        elif change == "deleted":
            stage.execute("UPDATE sites SET deleted_at = now() WHERE id = %s", stage.site.id)
        else:
            stage.set(uptime_url=moved_to)
        return web.Response(status=500)

    stage.world.pages["shop.test"] = {"/": answer}
    assert await stage.check() == (stage.clock.now if change == "moved" else None)
    assert stage.downtimes() == []
    if change != "moved":
        assert await stage.check() is None
        assert len(stage.world.asked) == 1
    stage.execute("UPDATE sites SET deleted_at = NULL WHERE id = %s", stage.site.id)
