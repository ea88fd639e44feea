"""The section of messages in a browser."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from api.dashboard.settings.messages import KINDS
from core.messages import Channel, MessageKind, MessageState, trial
from core.recipients import CHOICES
from ops.clock import SystemClock
from storage import messages, recipients
from storage.key_vault import KeyVault
from tests.api.dashboard.conftest import SENT

if TYPE_CHECKING:
    import httpx

    from core.messages import Message
    from core.recipients import Recipient
    from core.sites import Site
    from tests.api.dashboard.conftest import PageWorld

URL: Final = "/settings/messages?site=example.com"
FORM: Final = {"channel": "email", "address": "ann@example.com", "kinds": ["monitor_down", "insights"]}


async def send(world: PageWorld, **fields: Any) -> httpx.Response:  # noqa: ANN401 - texts, or lists of them
    """Send the section's form."""
    return await world.client.post(URL, data=fields, headers=SENT)


def kept(world: PageWorld, site: Site | None = None) -> list[Recipient]:
    """The recipients of a site as they are in the store."""
    with psycopg.connect(world.dsn) as connection:
        return recipients.of_site(connection, (site or world.site).id)


def written(world: PageWorld) -> list[Message]:
    """What was written of the site, the oldest first."""
    with psycopg.connect(world.dsn) as connection:
        return messages.of_site(connection, world.site.id, limit=100)[::-1]


def test_every_kind_has_its_words() -> None:
    """Whatever can be chosen."""
    assert list(KINDS) == list(CHOICES)


async def test_a_recipient_is_added_changed_tried_and_removed(page_world_: PageWorld) -> None:
    """What became of the test is shown; what was given up is sent once more by a button."""
    answer = await send(page_world_, **FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{URL}&saved=recipient")
    (ann,) = kept(page_world_)
    assert ann.kinds == (MessageKind.MONITOR_DOWN, MessageKind.INSIGHTS)
    form = (await page_world_.client.get(f"{URL}&id={ann.id}")).text
    assert "What ann@example.com is told" in form
    assert re.search(r'value="insights" checked', form)
    changed = await send(page_world_, id=str(ann.id), kinds="weekly_report")
    assert (changed.status_code, kept(page_world_)[0].kinds) == (303, (MessageKind.WEEKLY_REPORT,))
    assert "A report every week" in (await page_world_.client.get(URL)).text

    tried = await send(page_world_, action=f"test:{ann.id}")
    assert tried.headers["location"] == f"{URL}&saved=tested"
    (test,) = written(page_world_)
    assert (test.kind, test.address, test.state) == (MessageKind.TEST, "ann@example.com", MessageState.WAITING)
    assert (await send(page_world_, action=f"retry:{test.id}")).status_code == 404
    with psycopg.connect(page_world_.dsn) as connection:
        messages.give_up(connection, test.id, SystemClock().now_ms(), "the mail server said 550 <no>")
    page = (await page_world_.client.get(URL)).text
    assert "example.com: a test" in page
    assert "the mail server said 550 &lt;no&gt;" in page
    assert (await send(page_world_, action=f"retry:{test.id}")).headers["location"] == f"{URL}&saved=retried"
    assert [message.state for message in written(page_world_)] == [MessageState.WAITING]

    removed = await send(page_world_, action=f"remove:{ann.id}")
    assert (removed.headers["location"], kept(page_world_)) == (f"{URL}&saved=removed", [])
    assert (await send(page_world_, action=f"test:{ann.id}")).status_code == 404


async def test_the_secret_of_a_webhook_is_shown_once(page_world_: PageWorld) -> None:
    """It is in the answer, which nobody keeps, and nowhere afterwards."""
    answer = await send(page_world_, **FORM | {"channel": "webhook", "address": "https://hooks.example.com/a"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    secret = re.search(r'<code id="made">([^<]+)</code>', answer.text)
    assert secret is not None
    assert kept(page_world_)[0].channel is Channel.WEBHOOK
    assert secret[1] not in (await page_world_.client.get(URL)).text


@pytest.mark.parametrize(
    ("fields", "field", "error"),
    [
        ({"address": "ann"}, "address", "Address must be an e-mail address"),
        ({"channel": "webhook"}, "address", "Address must be an address such as"),
        ({"channel": "pigeon"}, "channel", "How must be one of email, webhook."),
        ({"kinds": []}, "kinds", "Choose at least one thing to be told of."),
        ({"kinds": ["alert"]}, "kinds", "'alert' is no kind of message that can be chosen"),
        ({"address": "taken@example.com"}, "address", "taken@example.com is told of this website already"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field(
    page_world_: PageWorld, fields: dict[str, Any], field: str, error: str
) -> None:
    """What was typed stays, and nothing is saved."""
    await send(page_world_, **FORM | {"address": "taken@example.com"})
    answer = await send(page_world_, **FORM | fields)
    said = re.findall(r'<span id="([a-z]+)-error" class="error">([^<]+)', answer.text)
    assert (answer.status_code, [name for name, _ in said]) == (422, [field])
    assert unescape(said[0][1]).startswith(error)
    assert [each.address for each in kept(page_world_)] == ["taken@example.com"]


async def test_others_recipients_and_messages_are_not_there(page_world_: PageWorld) -> None:
    """Their ids open nothing."""
    theirs = page_world_.make_site("theirs.example", "others")
    with psycopg.connect(page_world_.dsn) as connection:
        added = recipients.insert(
            connection,
            KeyVault(),
            theirs.id,
            channel=Channel.EMAIL,
            address="x@theirs.example",
            kinds=[MessageKind.INSIGHTS],
        )
        assert added is not None
        id_ = added.recipient.id
        number = messages.send_to(connection, theirs.id, id_, trial(theirs.domain))
        assert number is not None
        messages.give_up(connection, number, SystemClock().now_ms(), "no")
    for fields in (
        {"action": f"remove:{id_}"},
        {"action": f"test:{id_}"},
        {"action": f"retry:{number}"},
        {"action": "retry:x"},
        {"id": str(id_), "kinds": "insights"},
    ):
        assert (await send(page_world_, **fields)).status_code == 404, fields
    assert kept(page_world_, theirs) == [added.recipient]
    assert "theirs.example" not in (await page_world_.client.get(f"{URL}&id={id_}")).text
