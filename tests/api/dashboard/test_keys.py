"""One's own keys in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.api.dashboard.conftest import SENT

if TYPE_CHECKING:
    import httpx

    from tests.api.dashboard.conftest import PageWorld


async def send(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Send the section's form."""
    return await client.post("/settings/keys", data=fields, headers=SENT)


def revocable(page: str) -> list[str]:
    """The ids of the keys that can be revoked, in their order."""
    return re.findall(r'value="revoke:([0-9a-f-]{36})"', page)


async def opens(world: PageWorld, key: str) -> bool:
    """Whether a key opens the API."""
    answer = await world.client.get("/api/v1/websites", headers={"X-API-KEY": key, "Accept": "application/json"})
    return answer.status_code == 200


async def test_a_key_is_shown_once(page_world_: PageWorld) -> None:
    """In the answer that no browser keeps; it opens what its owner may see, until it is revoked."""
    wrong = await send(page_world_.client, name=" ")
    assert wrong.status_code == 422
    assert "Name must be 1 to 100 characters." in wrong.text
    made = await send(page_world_.client, name="Laptop <1>")
    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    found = re.search(r"tt_[A-Za-z0-9_-]{43}", made.text)
    assert found is not None
    key = found[0]
    assert await opens(page_world_, key)
    page = (await page_world_.client.get("/settings/keys")).text
    assert key not in page
    assert "Laptop &lt;1&gt;" in page
    revoked = await send(page_world_.client, action=f"revoke:{revocable(page)[0]}")
    assert (revoked.status_code, revoked.headers["location"]) == (303, "/settings/keys?site=example.com&saved=revoked")
    assert not await opens(page_world_, key)


async def test_ones_own_key_needs_a_second_word(page_world_: PageWorld) -> None:
    """Revoking the key of this session signs out; the first press only says so."""
    (own,) = revocable((await page_world_.client.get("/settings/keys")).text)
    warned = await send(page_world_.client, action=f"revoke:{own}")
    assert warned.status_code == 422
    assert "revoking it signs you out" in warned.text
    assert f'value="revoke-mine:{own}"' in warned.text
    assert await opens(page_world_, page_world_.user_key)
    done = await send(page_world_.client, action=f"revoke-mine:{own}")
    assert done.status_code == 303
    assert not await opens(page_world_, page_world_.user_key)
    assert (await page_world_.client.get("/settings/keys")).headers["location"].startswith("/sign-in")


async def test_the_last_admin_keeps_the_key(page_world_: PageWorld) -> None:
    """Or nobody could do everything any more."""
    async with page_world_.stranger() as client:
        await page_world_.sign_in(client, page_world_.admin_key)
        (own,) = revocable((await client.get("/settings/keys")).text)
        refused = await send(client, action=f"revoke-mine:{own}")
        assert refused.status_code == 422
        assert "This is the last key of an admin" in refused.text
    assert await opens(page_world_, page_world_.admin_key)


async def test_others_keys_are_not_there(page_world_: PageWorld) -> None:
    """Neither those of an account's other users nor an admin's can be seen or revoked."""
    other = page_world_.make_key("users")
    async with page_world_.stranger() as client:
        await page_world_.sign_in(client, other)
        (theirs,) = revocable((await client.get("/settings/keys")).text)
    assert theirs not in (await page_world_.client.get("/settings/keys")).text
    for action in (f"revoke:{theirs}", f"revoke-mine:{theirs}", "revoke:x"):
        assert (await send(page_world_.client, action=action)).status_code == 404
    assert await opens(page_world_, other)
