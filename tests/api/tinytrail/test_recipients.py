"""Recipients over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from core.recipients import MAX_RECIPIENTS
from storage import messages
from storage.key_vault import KeyVault

if TYPE_CHECKING:
    import httpx

    from tests.api.world import World

ADA: Final = {"channel": "email", "address": "ada@example.com", "kinds": ["weekly_report", "monitor_down"]}
HOOK: Final = {"channel": "webhook", "address": "https://example.com/hook", "kinds": ["insights"]}


async def ask(world: World, method: str, path: str = "", body: object = None) -> httpx.Response:
    """Ask for the recipients of the site with its owner's key."""
    url = f"/api/v1/websites/{world.site.uuid}/recipients{path}"
    return await world.client.request(method, url, json=body, headers={"X-API-KEY": world.user_key})


async def test_recipients_are_added_listed_changed_and_removed(world: World) -> None:
    """The oldest first; a mailbox has no secret."""
    made = await ask(world, "POST", body=ADA)
    assert made.status_code == 201
    ada = made.json()["data"]
    assert ada.pop("secret") is None
    assert ada == {
        "id": ada["id"],
        "channel": "email",
        "address": "ada@example.com",
        "kinds": ["monitor_down", "weekly_report"],
        "createdAt": ada["createdAt"],
        "unsubscribedAt": None,
    }
    hook = (await ask(world, "POST", body=HOOK)).json()["data"]
    del hook["secret"]
    assert (await ask(world, "GET")).json() == {"status": "success", "data": [ada, hook]}
    changed = await ask(world, "PATCH", f"/{ada['id']}", {"kinds": ["insights"]})
    assert changed.json()["data"] == ada | {"kinds": ["insights"]}
    assert (await ask(world, "DELETE", f"/{ada['id']}")).json() == changed.json()
    assert (await ask(world, "GET")).json()["data"] == [hook]
    for method, body in (("DELETE", None), ("PATCH", {"kinds": ["insights"]})):
        assert (await ask(world, method, f"/{ada['id']}", body)).status_code == 404
    assert (await ask(world, "POST", f"/{ada['id']}/test")).status_code == 404


async def test_a_secret_is_shown_once(world: World) -> None:
    """Nowhere else, and in no list."""
    made = (await ask(world, "POST", body=HOOK)).json()["data"]
    assert len(made["secret"]) == 43
    assert made["secret"] not in (await ask(world, "GET")).text
    changed = await ask(world, "PATCH", f"/{made['id']}", {"kinds": ["monitor_up"]})
    assert "secret" not in changed.json()["data"]
    with psycopg.connect(world.dsn) as connection:
        row = connection.execute("SELECT secret_cipher FROM recipients").fetchone()
        assert row is not None
        assert made["secret"].encode() == KeyVault().decrypt(connection, bytes(row[0]))


async def test_a_recipient_is_tried(world: World) -> None:
    """By a message to it alone, unless it wants none."""
    ids = [(await ask(world, "POST", body=body)).json()["data"]["id"] for body in (ADA, HOOK)]
    tried = await ask(world, "POST", f"/{ids[0]}/test")
    assert (tried.status_code, tried.json()["data"]["id"]) == (202, ids[0])
    with psycopg.connect(world.dsn) as connection:
        (message,) = messages.listed(connection, limit=10)
        connection.execute("UPDATE recipients SET unsubscribed_at = now() WHERE channel = 'email'")
    assert (message.kind, message.address, message.token is not None) == ("test", "ada@example.com", True)
    refused = await ask(world, "POST", f"/{ids[0]}/test")
    assert refused.status_code == 400
    assert "has unsubscribed" in refused.text
    assert (await ask(world, "GET")).json()["data"][0]["unsubscribedAt"] is not None


@pytest.mark.parametrize(
    ("method", "body", "said"),
    [
        ("POST", ADA | {"channel": "sms"}, "channel must be one of email, webhook"),
        ("POST", ADA | {"address": "ada"}, "such as name@example.com"),
        ("POST", ADA | {"address": "ada@example.com\r\nBcc: eve@example.com"}, "such as name@example.com"),
        ("POST", HOOK | {"address": "ftp://example.com"}, "such as https://example.com/start"),
        ("POST", ADA | {"kinds": []}, "choose at least one of monitor_down"),
        ("POST", ADA | {"kinds": ["test"]}, "choose at least one of monitor_down"),
        ("POST", ADA | {"address": 5}, "address"),
        ("POST", ADA, "is told of this website already"),
        ("PATCH", {}, "choose at least one of monitor_down"),
    ],
)
async def test_what_is_wrong_is_named(world: World, method: str, body: object, said: str) -> None:
    """The message says which field, and what to send instead."""
    first = (await ask(world, "POST", body=ADA)).json()["data"]["id"]
    answer = await ask(world, method, f"/{first}" if method == "PATCH" else "", body)
    assert answer.status_code == 400
    assert said in answer.text


async def test_a_website_has_only_so_many(world: World) -> None:
    """The next one is refused."""
    for number in range(MAX_RECIPIENTS):
        assert (await ask(world, "POST", body=ADA | {"address": f"{number}@example.com"})).status_code == 201
    answer = await ask(world, "POST", body=ADA)
    assert (answer.status_code, "remove one before" in answer.text) == (400, True)
