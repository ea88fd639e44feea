"""`/api/v1/websites`, and who may ask."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from tests.api.world import serving

if TYPE_CHECKING:
    import httpx

    from tests.api.world import World

PATH = "/api/v1/websites"


def as_user(world: World) -> dict[str, str]:
    """Headers of a user."""
    return {"X-API-KEY": world.user_key}


def as_admin(world: World) -> dict[str, str]:
    """Headers of an admin."""
    return {"X-API-KEY": world.admin_key}


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an error answer."""
    body = response.json()
    assert body.keys() == {"status", "error"}
    assert body["error"].keys() == {"code", "message"}
    return response.status_code, body["error"]["code"]


async def test_a_website_is_made_and_listed(world: World) -> None:
    """The answer has the documented shape, and the list shows the same."""
    body = {
        "domain": "Shop.Example.com",
        "content_groups": [{"name": "Blog", "pattern": "/blog/*"}],
        "excluded_ips": ["192.0.2.1", "2001:db8::/32"],
    }
    response = await world.client.post(PATH, json=body, headers=as_user(world))
    assert response.status_code == 201
    made = response.json()["data"]
    assert response.json() == {"status": "success", "data": made}
    assert str(UUID(made["id"])) == made["id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["createdAt"])
    assert {name: made[name] for name in ("accountId", "domain", "contentGroups", "excludedIps")} == {
        "accountId": str(world.account),
        "domain": "shop.example.com",
        "contentGroups": [{"name": "Blog", "pattern": "/blog/*"}],
        "excludedIps": ["192.0.2.1", "2001:db8::/32"],
    }
    listed = await world.client.get(PATH, headers=as_user(world))
    assert listed.status_code == 200
    assert listed.json()["data"][1:] == [made]
    assert (await world.collect(world.view(website_id=made["id"]))).status_code == 202


async def test_defaults(world: World) -> None:
    """Only the domain is required; null means none."""
    for domain, more in (("a.example", {}), ("b.example", {"content_groups": None, "excluded_ips": None})):
        response = await world.client.post(PATH, json={"domain": domain, **more}, headers=as_user(world))
        assert response.status_code == 201
        assert response.json()["data"]["contentGroups"] == []
        assert response.json()["data"]["excludedIps"] == []


async def test_who_sees_what(world: World) -> None:
    """A user sees the own account's websites, an admin all of them."""
    await world.client.post(PATH, json={"domain": "admins.example"}, headers=as_admin(world))
    for headers, domains in (
        (as_user(world), ["example.com"]),
        (as_admin(world), ["example.com", "admins.example"]),
    ):
        listed = (await world.client.get(PATH, headers=headers)).json()["data"]
        assert [site["domain"] for site in listed] == domains


async def test_accounts(world: World) -> None:
    """An admin may name an account that exists; what a user names is not read."""
    for headers, account, expected in (
        (as_admin(world), str(world.account), 201),
        (as_admin(world), str(uuid4()), 400),
        (as_admin(world), "x", 400),
        (as_admin(world), 5, 400),
        (as_user(world), str(uuid4()), 201),
        (as_user(world), "x", 201),
    ):
        body = {"domain": f"{uuid4()}.example", "account_id": account}
        response = await world.client.post(PATH, json=body, headers=headers)
        assert response.status_code == expected
        if expected == 201:
            assert response.json()["data"]["accountId"] == str(world.account)
        else:
            assert code(response) == (400, "INVALID_PAYLOAD")


async def test_bad_websites(world: World) -> None:
    """Whatever is missing, wrong or there already: 400 in the envelope, the field named where there is one."""
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    for body, field in (
        ({}, "domain"),
        ({"domain": None}, "domain"),
        ({"domain": 5}, "domain"),
        ({"domain": ""}, "domain"),
        ({"domain": "a b"}, "domain"),
        ({"domain": "https://a.example"}, "domain"),
        ({"domain": "x" * 256}, "domain"),
        ({"domain": "1234"}, "domain"),
        ({"domain": "a\0.example"}, "domain"),
        ({"domain": "EXAMPLE.com"}, "already"),
        ({"domain": "a.example", "content_groups": {}}, "content_groups"),
        ({"domain": "a.example", "content_groups": [{}]}, "content_groups.0.name"),
        ({"domain": "a.example", "content_groups": [{"name": "a", "pattern": "\0"}]}, "content_groups[0].pattern"),
        ({"domain": "a.example", "content_groups": deep}, "recursion limit"),
        ({"domain": "a.example", "excluded_ips": "192.0.2.1"}, "excluded_ips"),
        ({"domain": "a.example", "excluded_ips": [5]}, "excluded_ips"),
        ({"domain": "a.example", "excluded_ips": ["192.0.2.x"]}, "excluded_ips[0]"),
        ([], ""),
        ("x", ""),
    ):
        response = await world.client.post(PATH, json=body, headers=as_user(world))
        assert code(response) == (400, "INVALID_PAYLOAD")
        assert field in response.json()["error"]["message"]
    for content in (b"", b"{", b"\xff", b"[" * 100_000, b'{"domain": "\\ud800"}'):
        headers = {**as_user(world), "Content-Type": "application/json"}
        response = await world.client.post(PATH, content=content, headers=headers)
        assert code(response) == (400, "INVALID_PAYLOAD")
    assert len((await world.client.get(PATH, headers=as_user(world))).json()["data"]) == 1


async def test_bodies_beyond_a_mebibyte(world: World) -> None:
    """No route reads without end."""
    headers = {**as_user(world), "Content-Type": "application/json"}
    response = await world.client.post(PATH, content=b" " * (1 << 20) + b"{}", headers=headers)
    assert code(response) == (413, "INVALID_PAYLOAD")


async def test_keys(world: World) -> None:
    """Without a valid key there is nothing to see."""
    for key in ("", "tt_x", "x" * 10_000, "ü", world.user_key + "x"):
        headers = {b"X-API-KEY": key.encode()}
        assert code(await world.client.get(PATH, headers=headers)) == (401, "UNAUTHORIZED")
    assert code(await world.client.get(PATH)) == (401, "UNAUTHORIZED")
    assert code(await world.client.post(PATH, json={"domain": "a.example"})) == (401, "UNAUTHORIZED")


async def test_the_limit_of_a_key(postgres_database: str) -> None:
    """Sixty requests in sixty seconds, then 429 with the time to wait; another key is not concerned."""
    async with serving(postgres_database, rate_limits=True) as world:
        for _ in range(60):
            assert (await world.client.get(PATH, headers=as_user(world))).status_code == 200
        response = await world.client.get(PATH, headers=as_user(world))
        assert code(response) == (429, "RATE_LIMITED")
        assert 1 <= int(response.headers["retry-after"]) <= 60
        assert (await world.client.get(PATH, headers=as_admin(world))).status_code == 200


async def test_simultaneous_duplicates(world: World) -> None:
    """Of ten requests for one domain at the same time one wins."""
    answers = await asyncio.gather(
        *(world.client.post(PATH, json={"domain": "race.example"}, headers=as_user(world)) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 9


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        ("GET", "/api/v1/nothing", 404, "NOT_FOUND"),
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("DELETE", PATH, 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/health", 405, "METHOD_NOT_ALLOWED"),
        ("GET", PATH + "/", 404, "NOT_FOUND"),
    ],
)
async def test_no_such_route(world: World, method: str, path: str, status: int, expected: str) -> None:
    """Unknown paths and methods are answered in the envelope too."""
    assert code(await world.client.request(method, path, headers=as_user(world))) == (status, expected)


async def test_a_stranger_learns_nothing_of_a_bad_body(world: World) -> None:
    """Without a key the answer is 401, whatever the body."""
    for body in (b"{", b"\xff", b"[]", b""):
        response = await world.client.post("/api/v1/websites", content=body)
        assert code(response) == (401, "UNAUTHORIZED")


async def test_a_website_is_changed(world: World) -> None:
    """What is sent is changed, what is left out stays; collectors hear of it."""
    path = f"{PATH}/{world.site.uuid}"
    for body, field, value in (
        ({"domain": "New.example"}, "domain", "new.example"),
        ({"content_groups": [{"name": "a", "pattern": "/a*"}]}, "contentGroups", [{"name": "a", "pattern": "/a*"}]),
        ({"excluded_ips": ["198.51.100.0/24"]}, "excludedIps", ["198.51.100.0/24"]),
        ({"domain": "new.example"}, "domain", "new.example"),
        ({"content_groups": []}, "contentGroups", []),
    ):
        before = (await world.client.get(PATH, headers=as_user(world))).json()["data"][0]
        response = await world.client.patch(path, json=body, headers=as_user(world))
        assert response.status_code == 200
        assert response.json() == {"status": "success", "data": before | {field: value}}
    await world.until_collect_answers(204)


async def test_bad_changes(world: World) -> None:
    """Nothing to change, wrong values, a domain that is taken and ids that are none: 400, and nothing changes."""
    world.make_site("taken.example")
    path = f"{PATH}/{world.site.uuid}"
    for body, said in (
        ({}, "at least one of"),
        ({"unknown": 1}, "at least one of"),
        ({"domain": None}, "domain"),
        ({"domain": "a b"}, "domain"),
        ({"domain": "TAKEN.example"}, "already"),
        ({"content_groups": None}, "content_groups"),
        ({"content_groups": [{"name": "", "pattern": "/"}]}, "content_groups[0].name"),
        ({"excluded_ips": ["x"]}, "excluded_ips[0]"),
        ([], ""),
    ):
        response = await world.client.patch(path, json=body, headers=as_user(world))
        assert code(response) == (400, "INVALID_PAYLOAD")
        assert said in response.json()["error"]["message"]
    body = {"domain": "b.example"}
    assert code(await world.client.patch(f"{PATH}/x", json=body, headers=as_user(world))) == (400, "INVALID_PAYLOAD")
    assert code(await world.client.patch(f"{PATH}/{uuid4()}", json=body, headers=as_user(world))) == (404, "NOT_FOUND")
    domains = [site["domain"] for site in (await world.client.get(PATH, headers=as_user(world))).json()["data"]]
    assert domains == ["example.com", "taken.example"]


async def test_a_website_is_deleted(world: World) -> None:
    """It is gone from the list, its events are dropped within seconds, and its domain may be used again."""
    path = f"{PATH}/{world.site.uuid}"
    assert (await world.collect(world.view())).status_code == 202
    listed = (await world.client.get(PATH, headers=as_user(world))).json()["data"]
    response = await world.client.delete(path, headers=as_user(world))
    assert (response.status_code, response.json()["data"]) == (200, listed[0])
    assert (await world.client.get(PATH, headers=as_user(world))).json()["data"] == []
    for method in ("DELETE", "PATCH"):
        again = await world.client.request(method, path, json={"domain": "c.example"}, headers=as_user(world))
        assert code(again) == (404, "NOT_FOUND")
    assert code(await world.client.delete(f"{PATH}/x", headers=as_user(world))) == (400, "INVALID_PAYLOAD")
    await world.until_collect_answers(204)
    made = await world.client.post(PATH, json={"domain": "example.com"}, headers=as_user(world))
    assert made.status_code == 201
