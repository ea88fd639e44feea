"""The section of alerts in a browser."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from core.alerts import MAX_ALERTS, AlertState, check_condition
from core.messages import Channel, Composed, MessageKind
from core.recipients import check_address
from core.spans import HOUR
from ops.clock import SystemClock
from storage import alerts, messages
from storage.key_vault import KeyVault
from tests.api.dashboard.conftest import SENT

if TYPE_CHECKING:
    import httpx

    from core.alerts import Alert
    from core.sites import Site
    from tests.api.dashboard.conftest import PageWorld

URL: Final = "/settings/alerts?site=example.com"
FORM: Final = {"metric": "pageviews", "operator": "gte", "threshold": "1,000", "email": "ann@example.com"}
HOOK: Final = "https://hooks.example.com/footfall"


async def send(world: PageWorld, **fields: str) -> httpx.Response:
    """Send the section's form."""
    return await world.client.post(URL, data=fields, headers=SENT)


def kept(world: PageWorld, site: Site | None = None) -> list[Alert]:
    """The alerts of a site as they are in the store."""
    with psycopg.connect(world.dsn) as connection:
        return alerts.of_sites(connection, [(site or world.site).id])


async def test_an_alert_is_added_seen_and_removed(page_world_: PageWorld) -> None:
    """With what it found last, since when it fires, and what became of its mail."""
    answer = await send(page_world_, **FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{URL}&saved=alert")
    (alert,) = kept(page_world_)
    assert (alert.condition, alert.email) == (check_condition("pageviews", "gte", 1_000), "ann@example.com")
    page = (await page_world_.client.get(answer.headers["location"])).text
    assert "The alert was added." in page
    assert "At least 1,000 page views" in page
    assert "Not looked at yet" in page
    now = SystemClock().now_ms()
    with psycopg.connect(page_world_.dsn) as connection:
        alerts.settle(connection, alert.number, AlertState(1_234, now, now - HOUR, now, is_told=True))
        told = Composed(MessageKind.ALERT, "title", "text", {"alert": str(alert.id)})
        number = messages.post(connection, alert.site, told, (Channel.EMAIL, alert.email))
        messages.give_up(connection, number, now, "Connection <refused>")
    page = (await page_world_.client.get(URL)).text
    assert re.search(r"fires since (to|yester)day, ", page)
    assert "1,234 at the last look, " in page
    assert "Not sent by mail: Connection &lt;refused&gt;" in page
    answer = await send(page_world_, action=f"remove:{alert.id}")
    assert (answer.status_code, kept(page_world_)) == (303, [])
    assert (await send(page_world_, action=f"remove:{alert.id}")).status_code == 404


async def test_the_secret_of_a_webhook_is_shown_once(page_world_: PageWorld) -> None:
    """It is in the answer, which nobody keeps, and nowhere afterwards."""
    answer = await send(page_world_, **FORM | {"email": "", "webhook": HOOK})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    secret = re.search(r'<code id="made">([^<]+)</code>', answer.text)
    assert secret is not None
    assert kept(page_world_)[0].webhook == check_address(Channel.WEBHOOK, HOOK)
    assert secret[1] not in (await page_world_.client.get(URL)).text


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"threshold": "many"}, "Number must be a number such as 10."),
        ({"threshold": "nan"}, "Number must be a number from 0 to 1000000000000."),
        ({"email": ""}, "Say where you want to be told: by mail, or at a webhook."),
        ({"email": "ann"}, "Mail must be an e-mail address"),
        ({"webhook": "ftp://example.com"}, "Webhook must be an address such as"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field(
    page_world_: PageWorld, fields: dict[str, str], error: str
) -> None:
    """What was typed stays, and nothing is saved."""
    answer = await send(page_world_, **FORM | fields)
    said = re.findall(r'<span id="[a-z]+-error" class="error">([^<]+)', answer.text)
    assert (answer.status_code, len(said)) == (422, 1)
    assert unescape(said[0]).startswith(error)
    assert '<option value="gte" selected>' in answer.text
    assert kept(page_world_) == []


async def test_others_alerts_are_not_there(page_world_: PageWorld) -> None:
    """Their ids open nothing, and a site has so many."""
    theirs = page_world_.make_site("theirs.example", "others")
    with psycopg.connect(page_world_.dsn) as connection:
        for site in (theirs, *[page_world_.site] * MAX_ALERTS):
            condition = check_condition("visitors", "gt", 1)
            assert alerts.insert(connection, KeyVault(), site.id, condition, email="x@example.com")
    (other,) = kept(page_world_, theirs)
    assert (await send(page_world_, action=f"remove:{other.id}")).status_code == 404
    assert kept(page_world_, theirs) == [other]
    full = await send(page_world_, **FORM)
    assert (full.status_code, len(kept(page_world_))) == (422, MAX_ALERTS)
    assert "This site has 50 alerts already: remove one before you add another." in full.text
