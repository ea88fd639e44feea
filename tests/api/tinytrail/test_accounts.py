"""`/api/v1/accounts`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.api.tinytrail.test_websites import as_admin, as_user, code

if TYPE_CHECKING:
    import pytest

    from tests.api.world import World

PATH = "/api/v1/accounts"
INVALID = (400, "INVALID_PAYLOAD")


async def test_bad_accounts(world: World) -> None:
    """A name is a text that is there, can be stored and is nobody else's, whatever its case."""
    for body, said in (
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": 5}, "name"),
        ({"name": "  "}, "name must be 1 to 200"),
        ({"name": "x" * 201}, "name must be 1 to 200"),
        ({"name": "a\0"}, "U+0000"),
        ({"name": "USERS"}, "already"),
        ([], ""),
    ):
        response = await world.client.post(PATH, json=body, headers=as_admin(world))
        assert code(response) == INVALID
        assert said in response.json()["error"]["message"]


async def test_ids_that_are_none(world: World) -> None:
    """What is no UUID is a mistake of the sender, an unknown one is not there; so is one that was deleted."""
    for given in ("x", "5", "0" * 32, "{" + str(uuid4()) + "}", "%00"):
        assert code(await world.client.delete(f"{PATH}/{given}", headers=as_admin(world))) == INVALID
    assert code(await world.client.delete(f"{PATH}/{uuid4()}", headers=as_admin(world))) == (404, "NOT_FOUND")
    gone = f"{PATH}/{world.account}"
    assert (await world.client.delete(gone, headers=as_admin(world))).status_code == 200
    assert code(await world.client.delete(gone, headers=as_admin(world))) == (404, "NOT_FOUND")


async def test_everything_of_an_account_goes_with_it(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Its sites, users and keys are gone from every answer at once, and its name may be used again; the log counts."""
    caplog.set_level("INFO")
    assert (await world.collect(world.view())).status_code == 202
    assert (await world.client.get("/api/v1/websites", headers=as_user(world))).status_code == 200
    response = await world.client.delete(f"{PATH}/{world.account}", headers=as_admin(world))
    assert response.status_code == 200
    assert f"Account {world.account} was deleted by user" in caplog.text
    assert "with 1 sites, 1 users and 1 keys" in caplog.text
    assert code(await world.client.get("/api/v1/websites", headers=as_user(world))) == (401, "UNAUTHORIZED")
    for path, left in ((PATH, 1), ("/api/v1/users", 1), ("/api/v1/websites", 0)):
        assert len((await world.client.get(path, headers=as_admin(world))).json()["data"]) == left
    for path in ("/api/v1/users", "/api/v1/websites"):
        body = {"account_id": str(world.account), "role": "user", "domain": "a.example"}
        assert code(await world.client.post(path, json=body, headers=as_admin(world))) == INVALID
    body = {"domain": "a.example"}
    site = f"/api/v1/websites/{world.site.uuid}"
    assert code(await world.client.patch(site, json=body, headers=as_admin(world))) == (404, "NOT_FOUND")
    await world.until_collect_answers(204)
    again = await world.client.post(PATH, json={"name": "users"}, headers=as_admin(world))
    assert again.status_code == 201
    assert again.json()["data"]["id"] != str(world.account)


async def test_the_last_admin_stays(world: World) -> None:
    """Nobody can lock everybody out; with another admin elsewhere an admin may even leave with the own account."""
    accounts = (await world.client.get(PATH, headers=as_admin(world))).json()["data"]
    own = next(account["id"] for account in accounts if account["name"] == "admins")
    refused = await world.client.delete(f"{PATH}/{own}", headers=as_admin(world))
    assert code(refused) == INVALID
    assert "make another admin first" in refused.json()["error"]["message"]
    assert (await world.client.get(PATH, headers=as_admin(world))).json()["data"] == accounts
    body = {"account_id": str(world.account), "role": "admin"}
    made = (await world.client.post("/api/v1/users", json=body, headers=as_admin(world))).json()["data"]
    assert (await world.client.delete(f"{PATH}/{own}", headers=as_admin(world))).status_code == 200
    assert code(await world.client.get(PATH, headers=as_admin(world))) == (401, "UNAUTHORIZED")
    assert (await world.client.get(PATH, headers={"X-API-KEY": made["apiKey"]})).status_code == 200
