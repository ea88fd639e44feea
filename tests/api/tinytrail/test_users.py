"""`/api/v1/users`, and keys that are shown again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg

from core.accounts import Api, Role
from storage import keys
from tests.api.tinytrail.test_websites import as_admin, as_user, code

if TYPE_CHECKING:
    from tests.api.world import World

PATH = "/api/v1/users"
INVALID = (400, "INVALID_PAYLOAD")
ABSENT = (404, "NOT_FOUND")


async def make(world: World, role: str = "user") -> dict[str, Any]:
    """A new user of the users' account, with the key."""
    body = {"account_id": str(world.account), "role": role}
    response = await world.client.post(PATH, json=body, headers=as_admin(world))
    assert response.status_code == 201
    data: dict[str, Any] = response.json()["data"]
    return data


async def test_bad_users(world: World) -> None:
    """An account that is there and a role that is one are needed; the email is only a label."""
    account = str(world.account)
    for body, said in (
        ({}, "account_id"),
        ({"account_id": account}, "role"),
        ({"role": "user"}, "account_id"),
        ({"account_id": account, "role": "owner"}, "role must be admin or user"),
        ({"account_id": account, "role": 1}, "role"),
        ({"account_id": "x", "role": "user"}, "account_id must be a UUID"),
        ({"account_id": 5, "role": "user"}, "account_id"),
        ({"account_id": str(uuid4()), "role": "user"}, "there is no account"),
        ({"account_id": account, "role": "user", "email": 5}, "email"),
        ({"account_id": account, "role": "user", "email": "x" * 321}, "email must be at most 320"),
        ({"account_id": account, "role": "user", "email": "\0"}, "U+0000"),
    ):
        response = await world.client.post(PATH, json=body, headers=as_admin(world))
        assert code(response) == INVALID
        assert said in response.json()["error"]["message"]
    assert len((await world.client.get(PATH, headers=as_admin(world))).json()["data"]) == 2


async def test_ids_that_are_none(world: World) -> None:
    """What is no UUID is a mistake of the sender, an unknown one is not there."""
    for method, path, expected in (
        ("GET", f"{PATH}/x/api-key", INVALID),
        ("GET", f"{PATH}/{uuid4()}/api-key", ABSENT),
        ("DELETE", f"{PATH}/x", INVALID),
        ("DELETE", f"{PATH}/{uuid4()}", ABSENT),
    ):
        assert code(await world.client.request(method, path, headers=as_admin(world))) == expected


async def test_a_key_works_until_its_user_is_deleted(world: World) -> None:
    """The key opens what the role may see, is shown again, and both end with the user."""
    made = await make(world)
    headers = {"X-API-KEY": made["apiKey"]}
    assert (await world.client.get("/api/v1/websites", headers=headers)).status_code == 200
    assert code(await world.client.get(PATH, headers=headers)) == (403, "FORBIDDEN")
    path = f"{PATH}/{made['id']}"
    assert (await world.client.delete(path, headers=as_admin(world))).status_code == 200
    assert code(await world.client.get("/api/v1/websites", headers=headers)) == (401, "UNAUTHORIZED")
    assert code(await world.client.get(f"{path}/api-key", headers=as_admin(world))) == ABSENT
    with psycopg.connect(world.dsn) as connection:
        left = connection.execute("SELECT key_cipher FROM api_keys WHERE user_id = %s", [made["id"]]).fetchall()
    assert left == [(b"",)]


async def test_keys_that_cannot_be_shown(world: World) -> None:
    """A key without a text to show it from, one of another secret and one that was taken away: each says why."""
    made = await make(world)
    path = f"{PATH}/{made['id']}/api-key"
    with psycopg.connect(world.dsn) as connection:
        plain = keys.create(connection, Api.TINYTRAIL, Role.USER, "plain")
        found = keys.find(connection, Api.TINYTRAIL, plain)
    assert found is not None
    unkept = await world.client.get(f"{PATH}/{found.user_id}/api-key", headers=as_admin(world))
    world.execute("UPDATE secrets SET value = decode(repeat('00', 32), 'hex') WHERE name = 'keys'")
    lost = await world.client.get(path, headers=as_admin(world))
    for response in (unkept, lost):
        assert code(response) == ABSENT
        assert "cannot be shown" in response.json()["error"]["message"]
    assert (await world.client.get("/api/v1/websites", headers={"X-API-KEY": made["apiKey"]})).status_code == 200
    world.execute("UPDATE api_keys SET revoked_at = now()  WHERE user_id = %s", made["id"])
    revoked = await world.client.get(path, headers=as_admin(world))
    assert code(revoked) == ABSENT
    assert "was revoked" in revoked.json()["error"]["message"]


async def test_no_key_is_shown_under_another_name(world: World) -> None:
    """A text that was moved to another user's key shows nothing."""
    one, two = await make(world), await make(world)
    world.execute(
        "UPDATE api_keys SET key_cipher = (SELECT key_cipher FROM api_keys WHERE user_id = %s) WHERE user_id = %s",
        one["id"],
        two["id"],
    )
    response = await world.client.get(f"{PATH}/{two['id']}/api-key", headers=as_admin(world))
    assert code(response) == ABSENT


async def test_the_last_admin_stays(world: World) -> None:
    """Of two admins who delete each other at the same moment one is left."""
    other = await make(world, role="admin")
    listed = (await world.client.get(PATH, headers=as_admin(world))).json()["data"]
    own = next(user["id"] for user in listed if user["role"] == "admin" and user["id"] != other["id"])
    answers = await asyncio.gather(
        world.client.delete(f"{PATH}/{other['id']}", headers=as_admin(world)),
        world.client.delete(f"{PATH}/{own}", headers={"X-API-KEY": other["apiKey"]}),
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 400], [200, 401])
    with psycopg.connect(world.dsn) as connection:
        assert keys.admin_exists(connection)


async def test_only_admins_ask(world: World) -> None:
    """A user learns nothing here, not even of the own account."""
    for method, path in (("GET", PATH), ("POST", PATH), ("DELETE", f"{PATH}/x"), ("GET", f"{PATH}/x/api-key")):
        assert code(await world.client.request(method, path, headers=as_user(world))) == (403, "FORBIDDEN")
