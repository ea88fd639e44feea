"""Notes over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.api.world import World

SALE: Final = {"date": "2026-11-10", "title": "Sale"}


async def ask(world: World, method: str, path: str = "", body: object = None) -> httpx.Response:
    """Ask for the notes of the site with its owner's key."""
    url = f"/api/v1/websites/{world.site.uuid}/notes{path}"
    return await world.client.request(method, url, json=body, headers={"X-API-KEY": world.user_key})


async def test_notes_are_made_listed_changed_and_deleted(world: World) -> None:
    """The latest day first; what is left out of a change stays."""
    made = await ask(world, "POST", body=SALE)
    assert made.status_code == 201
    sale = made.json()["data"]
    assert sale == {"id": sale["id"], **SALE}
    later = (await ask(world, "POST", body={"date": "2026-11-12", "title": " Fair "})).json()["data"]
    assert later["title"] == "Fair"
    assert (await ask(world, "GET")).json() == {"status": "success", "data": [later, sale]}
    changed = await ask(world, "PATCH", f"/{sale['id']}", {"title": "Sale ends"})
    assert changed.json()["data"] == sale | {"title": "Sale ends"}
    moved = await ask(world, "PATCH", f"/{sale['id']}", {"date": "2026-11-13"})
    assert moved.json()["data"] == sale | {"title": "Sale ends", "date": "2026-11-13"}
    assert (await ask(world, "DELETE", f"/{sale['id']}")).json()["data"] == moved.json()["data"]
    assert (await ask(world, "DELETE", f"/{sale['id']}")).status_code == 404
    assert (await ask(world, "PATCH", f"/{sale['id']}", SALE)).status_code == 404


@pytest.mark.parametrize(
    ("method", "body", "said"),
    [
        ("POST", {"title": "Sale"}, "date must be a date such as 2026-11-10"),
        ("POST", {"date": "10 November", "title": "Sale"}, "date must be a date such as 2026-11-10"),
        ("POST", {"date": "1969-12-31", "title": "Sale"}, "date must be of the years 1970 to 2199"),
        ("POST", {"date": "2026-11-10"}, "title must be 1 to 60 characters"),
        ("POST", {"date": "2026-11-10", "title": "x" * 61}, "title must be 1 to 60 characters"),
        ("PATCH", {}, "send at least one of date and title"),
        ("PATCH", {"title": None}, "title must be 1 to 60 characters"),
        ("PATCH", {"date": 5}, "date"),
    ],
)
async def test_what_is_wrong_is_named(world: World, method: str, body: object, said: str) -> None:
    """The message says which field, and what to send instead."""
    path = ""
    if method == "PATCH":
        path = f"/{(await ask(world, 'POST', body=SALE)).json()['data']['id']}"
    answer = await ask(world, method, path, body)
    assert answer.status_code == 400
    assert said in answer.text
