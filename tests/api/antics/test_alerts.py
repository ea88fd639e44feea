"""Alerts of the Antics API, from what is sent to what is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import psycopg
import pytest

from aggregations.reports import Reports
from core.alerts import MAX_ALERTS
from core.errors import Unavailable
from core.jobs import Job, JobKind
from core.messages import Channel
from core.spans import DAY, HOUR, MINUTE, SECOND
from core.telemetry import NoTelemetry
from ops.alerts import AlertWork
from ops.messages.delivery import Delivery
from ops.messages.webhooks import SIGNATURE, Webhooks, sign
from storage import alerts, folders, sites
from storage.key_vault import KeyVault
from storage.pool import open_pool
from storage.sql import load
from tests.api.antics.conftest import TODAY
from tests.ops.messages.post_office import PostOffice
from tests.outbound.world import Page, World

if TYPE_CHECKING:
    from tests.api.antics.conftest import Asking

#: The example of the API's text, but for the site.
EXAMPLE: Final = {"metric": "visitors", "operator": "lt", "threshold": 10, "email": "you@example.com"}
HOOK: Final = "https://hooks.example.com/footfall"
EVENING: Final = TODAY + 20 * HOUR


async def made(asking: Asking, site: int | None = None, **body: object) -> dict[str, Any]:
    """An alert that was made just now."""
    answer = await asking.ask("POST", "/api/alerts", body={"site_id": site or asking.site.id, **EXAMPLE, **body})
    assert answer.status_code == 200, answer.text
    alert: dict[str, Any] = answer.json()
    return alert


async def listed(asking: Asking, id_: str) -> dict[str, Any]:
    """The alert as the list has it."""
    alert: dict[str, Any] = next(each for each in (await asking.ask("GET", "/api/alerts")).json() if each["id"] == id_)
    return alert


async def look(asking: Asking, alert: dict[str, Any]) -> int | None:
    """Run the alert's job; when it is due again."""
    with psycopg.connect(asking.dsn) as connection:
        found = alerts.find(connection, UUID(alert["id"]))
    assert found is not None
    with open_pool(asking.dsn, size=2) as pool:
        reports = Reports(pool, clock=asking.clock, telemetry=NoTelemetry())
        work = AlertWork(pool=pool, reports=reports, clock=asking.clock)
        due = await work.run(Job(1, JobKind.ALERT, found.number, 0))
        reports.close()
    return due


def told(asking: Asking, alert: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What is told of the alert, and where, in order."""
    with psycopg.connect(asking.dsn) as connection:
        rows = connection.execute(
            "SELECT kind, channel, address FROM messages WHERE data ->> 'alert' = %s ORDER BY id", [alert["id"]]
        )
        return rows.fetchall()


async def test_the_example_of_the_text(asking: Asking) -> None:
    """It is made, listed with how it stands, and deleted."""
    alert = await made(asking)
    assert list(alert.items()) == [
        ("id", alert["id"]),
        ("site_id", asking.site.id),
        ("metric", "visitors"),
        ("operator", "lt"),
        ("threshold", 10),
        ("email", "you@example.com"),
        ("created_at", alert["created_at"]),
        ("webhook", None),
        ("firing", False),
        ("firing_since", None),
        ("last_value", None),
        ("last_checked_at", None),
        ("last_messages", []),
    ]
    assert alert == await listed(asking, alert["id"])
    path = f"/api/alerts/{alert['id']}"
    assert [(await asking.ask("DELETE", path)).status_code for _ in range(2)] == [204, 404]


@pytest.mark.parametrize("metric", ["visitors", "pageviews"])
async def test_the_number_is_that_of_the_statistics(asking: Asking, metric: str) -> None:
    """At the end of a day it is the day's, and for visitors the badge's, to the last one."""
    alert = await made(asking, metric=metric, operator="gte", threshold=0)
    asking.clock.now = TODAY + DAY
    assert await look(asking, alert) == TODAY + DAY + HOUR
    day = (await asking.ask("GET", f"/api/stats/{asking.site.id}?period=2026-03-18,2026-03-18")).json()["summary"]
    assert day[metric] == (await listed(asking, alert["id"]))["last_value"]
    if metric == "visitors":
        await asking.ask("PUT", f"/api/sites/{asking.site.id}", body={"public": True})
        badge = await asking.client.get(f"/api/badge/{asking.site.id}")
        assert f"visitors 24h: {day['visitors']}</title>" in badge.text


async def test_an_alert_fires_lasts_and_clears(asking: Asking) -> None:
    """Everywhere it is to be told, once a day; what became of the messages is shown."""
    alert = await made(asking, operator="gt", threshold=2.5, webhook=HOOK)
    assert len(alert.pop("webhook_secret")) >= 32
    assert "webhook_secret" not in await listed(asking, alert["id"])
    both = [("email", EXAMPLE["email"]), ("webhook", HOOK)]
    for now, kinds in (
        (EVENING, ["alert"]),
        (EVENING, ["alert"]),  # A job may run twice.
        (EVENING + HOUR, ["alert"]),
        (EVENING + 20 * HOUR, ["alert", "alert_cleared"]),
    ):
        asking.clock.now = now
        assert await look(asking, alert) == now + HOUR
        assert [(kind, *to) for kind in kinds for to in both] == told(asking, alert)
        if now == EVENING:
            shown = await listed(asking, alert["id"])
            assert (shown["firing"], shown["firing_since"], shown["last_value"]) == (True, "2026-03-18T20:00:00Z", 3)
            with psycopg.connect(asking.dsn) as connection:
                connection.execute(
                    "UPDATE messages SET attempts = 5, given_up_at = now(), error = 'Connection refused'"
                    " WHERE channel = 'email' AND data ->> 'alert' = %s",
                    [alert["id"]],
                )
            messages = (await listed(asking, alert["id"]))["last_messages"]
            assert [(each["channel"], each["state"], each["attempts"], each["error"]) for each in messages] == [
                ("email", "failed", 5, "Connection refused"),
                ("webhook", "waiting", 0, None),
            ]
    shown = await listed(asking, alert["id"])
    assert (shown["firing"], shown["last_checked_at"]) == (False, "2026-03-19T16:00:00Z")
    assert [each["kind"] for each in shown["last_messages"]] == ["alert_cleared"] * 2


async def test_numbers_that_are_behind_tell_nothing(asking: Asking) -> None:
    """While events wait to be counted no alert is looked at: its job fails, and nobody is told of half a day."""
    alert = await made(asking, operator="gt", threshold=2.5)
    asking.clock.now = EVENING
    moved = "UPDATE positions SET applied_to = to_timestamp(%s / 1000.0) WHERE log = 'behind'"
    with psycopg.connect(asking.dsn, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO positions (log, partition, next, greatest_ts, applied_to)"
            " VALUES ('behind', 0, 7, now(), now())"
        )
        try:
            connection.execute(moved, [EVENING - 6 * MINUTE])
            with pytest.raises(Unavailable, match="footfall positions"):
                await look(asking, alert)
            assert told(asking, alert) == []
            connection.execute(moved, [EVENING - 4 * MINUTE])
            assert await look(asking, alert) == EVENING + HOUR
        finally:
            connection.execute("DELETE FROM positions WHERE log = 'behind'")
    assert told(asking, alert) == [("alert", "email", EXAMPLE["email"])]


async def test_every_alert_has_its_job(asking: Asking) -> None:
    """At once and then every hour, until it or its site is deleted."""
    site = asking.make_site("jobs.example")
    alert = await made(asking, site.id, operator="gte", threshold=0)
    other = await made(asking, site.id)

    def due() -> dict[int, int]:
        with psycopg.connect(asking.dsn) as connection:
            own = {each.number for each in alerts.of_sites(connection, [site.id])}
            rows = connection.execute(load("jobs.of_alert")).fetchall()
        return {number: int(at.timestamp() * 1_000) for number, at in rows if number in own}

    assert len(due()) == 2
    await look(asking, alert)
    assert min(due().values()) == EVENING + HOUR
    await asking.ask("DELETE", f"/api/alerts/{other['id']}")
    assert len(due()) == 1
    with psycopg.connect(asking.dsn) as connection:
        number = alerts.of_sites(connection, [site.id])[0].number
        sites.delete(connection, site.uuid)
    with open_pool(asking.dsn, size=1) as pool:
        reports = Reports(pool, clock=asking.clock, telemetry=NoTelemetry())
        work = AlertWork(pool=pool, reports=reports, clock=asking.clock)
        assert await work.run(Job(1, JobKind.ALERT, number, 0)) is None
        reports.close()
    assert due() == {}


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({}, 400, "site_id: Field required"),
        ({"site_id": "999999"}, 404, "site not found"),
        ({"site_id": "x"}, 404, "site not found"),
        ({"metric": "bounces"}, 400, "metric must be one of visitors, pageviews"),
        ({"operator": "eq"}, 400, "operator must be one of lt, gt, lte, gte"),
        ({"threshold": -1}, 400, "threshold must be a number from 0 to 1000000000000"),
        ({"email": None}, 400, "send an email, or a webhook, to be told at"),
        ({"email": "you"}, 400, None),
        ({"webhook": "file:///etc/passwd"}, 400, None),
    ],
)
async def test_what_is_wrong_is_told(asking: Asking, body: dict[str, Any], status: int, error: str | None) -> None:
    """With a sentence that says what to send, and begins with the field."""
    sent = {"site_id": str(asking.site.id), **EXAMPLE, **body} if body else {}
    answer = await asking.ask("POST", "/api/alerts", body=sent)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    said = answer.json()["error"]
    assert said == error if error else said.startswith(f"{next(iter(body))} must be ")


async def test_a_site_has_so_many(asking: Asking) -> None:
    """One more is refused."""
    site = asking.make_site("many.example")
    for _ in range(MAX_ALERTS):
        await made(asking, site.id)
    answer = await asking.ask("POST", "/api/alerts", body={"site_id": site.id, **EXAMPLE})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "this site has 50 alerts already: delete one before you make another"},
    )


async def test_alerts_are_there_where_their_site_is(asking: Asking) -> None:
    """For groups of a proxy's users as for keys; what is hidden cannot be told from what is not there."""
    site = asking.make_site("hidden.example")
    alert = await made(asking, site.id)
    with psycopg.connect(asking.dsn) as connection:
        folder = folders.insert(connection, account_id=site.account_id, name="Board", authelia_group="board")
        sites.put_in_folder(connection, site.id, folder.id)
    path, absent = f"/api/alerts/{alert['id']}", f"/api/alerts/{UUID(int=1)}"
    for groups, is_there in (("board", True), ("staff", False)):
        seen = [each["id"] for each in (await asking.vouched("GET", "/api/alerts", groups=groups)).json()]
        assert is_there == (alert["id"] in seen)
    hidden = await asking.vouched("DELETE", path, groups="staff")
    assert (hidden.status_code, hidden.content) == (404, (await asking.ask("DELETE", absent)).content)
    refused = await asking.vouched("POST", "/api/alerts", groups="staff", body={"site_id": site.id, **EXAMPLE})
    assert (refused.status_code, refused.json()) == (404, {"error": "site not found"})
    for key, expected in ((asking.stranger, False), (asking.admin, True)):
        everything = (await asking.ask("GET", "/api/alerts", key=key)).json()
        assert expected == (alert["id"] in [each["id"] for each in everything])
    assert (await asking.vouched("DELETE", path, groups="board")).status_code == 204


async def test_a_secret_is_kept_encrypted(asking: Asking) -> None:
    """What was shown once goes with each message, for whoever signs it; after a rotation too."""
    alert = await made(asking, operator="gt", threshold=0, webhook=HOOK)
    with psycopg.connect(asking.dsn, autocommit=True) as connection:
        KeyVault().rotate(connection)
    await look(asking, alert)
    with psycopg.connect(asking.dsn) as connection:
        rows = connection.execute(
            "SELECT channel, secret_cipher FROM messages WHERE data ->> 'alert' = %s ORDER BY id", [alert["id"]]
        ).fetchall()
        shown = [(channel, KeyVault().decrypt(connection, bytes(cipher))) for channel, cipher in rows]
    assert shown == [("email", None), ("webhook", alert["webhook_secret"].encode())]


async def test_mail_and_webhook_arrive(asking: Asking) -> None:
    """One of each when it begins to fire and when it is over, the webhook's signed with what was shown."""
    async with PostOffice() as post_office, World() as world, world.outbound() as outbound:
        world.pages["shop.test"]["/hook"] = Page(status=204)
        hook = world.url("shop.test", "/hook")
        alert = await made(asking, operator="gt", threshold=2.5, webhook=hook)
        with open_pool(asking.dsn, size=2) as pool:
            delivery = Delivery(
                pool=pool,
                vault=KeyVault(),
                senders={
                    Channel.EMAIL: post_office.mailer(),
                    Channel.WEBHOOK: Webhooks(outbound=outbound, clock=asking.clock),
                },
                clock=asking.clock,
                telemetry=NoTelemetry(),
            )
            for now in (EVENING, EVENING + HOUR, EVENING + 20 * HOUR):
                asking.clock.now = now
                await look(asking, alert)
                with pool.connection() as connection:
                    rows = connection.execute(
                        "SELECT id FROM messages WHERE data ->> 'alert' = %s AND sent_at IS NULL", [alert["id"]]
                    ).fetchall()
                for (number,) in rows:
                    assert await delivery.run(Job(1, JobKind.DELIVERY, number, 0)) is None
    mails = [taken.mail for taken in post_office.taken]
    assert [(mail["To"], mail["Subject"]) for mail in mails] == [
        (EXAMPLE["email"], "example.com: 3 visitors in 24 hours, more than 2.5"),
        (EXAMPLE["email"], "example.com: 0 visitors in 24 hours, no longer more than 2.5"),
    ]
    posted = [json.loads(asked.body) for asked in world.asked]
    assert [(each["type"], each["data"]["value"]) for each in posted] == [("alert", 3), ("alert_cleared", 0)]
    for asked, at in zip(world.asked, (EVENING, EVENING + 20 * HOUR), strict=True):
        assert asked.headers[SIGNATURE] == sign(asked.body, alert["webhook_secret"].encode(), at // SECOND)
    messages = (await listed(asking, alert["id"]))["last_messages"]
    assert [each["state"] for each in messages] == ["sent", "sent"]
