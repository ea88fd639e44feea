"""Folders, the sites in them, and whom a trusted proxy vouches for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest

from tests.api.antics.conftest import staged

if TYPE_CHECKING:
    from tests.api.antics.conftest import Asking

#: The example of the API's text.
PERSONAL: Final = {"name": "Personal", "authelia_group": "analytics-personal"}


async def made(asking: Asking, body: dict[str, Any], **who: str) -> dict[str, Any]:
    """A folder that was made just now."""
    answer = await asking.ask("POST", "/api/folders", body=body, **who)
    assert answer.status_code == 200
    folder: dict[str, Any] = answer.json()
    return folder


async def names(asking: Asking, groups: str | None) -> list[str]:
    """The folders that a user of the proxy with these groups sees."""
    answer = await asking.vouched("GET", "/api/folders", groups=groups)
    return [folder["name"] for folder in answer.json()]


async def test_a_folder_lives(asking: Asking) -> None:
    """It is made, listed, changed in part, and deleted; a site in it is in none then."""
    folder = await made(asking, PERSONAL)
    assert folder == {"id": folder["id"], **PERSONAL}
    assert folder in (await asking.ask("GET", "/api/folders")).json()
    path = f"/api/folders/{folder['id']}"
    changed = await asking.ask("PUT", path, body={"name": "Private"})
    assert changed.json() == {**folder, "name": "Private"}
    changed = await asking.ask("PUT", path, body={"authelia_group": None})
    assert changed.json() == {**folder, "name": "Private", "authelia_group": None}
    moved = await asking.ask("PUT", f"/api/sites/{asking.site.id}/folder", body={"folder_id": folder["id"]})
    assert (moved.status_code, moved.json()["folder_id"]) == (200, folder["id"])
    assert [(await asking.ask("DELETE", path)).status_code for _ in range(2)] == [204, 404]
    shown = await asking.ask("PUT", f"/api/sites/{asking.site.id}", body={"name": "Mine"})
    assert (shown.json()["folder_id"], shown.json()["name"]) == (None, "Mine")


async def test_a_site_is_changed(asking: Asking) -> None:
    """The example of the API's text; what is left out stays, and null takes a site out of its folder."""
    site = asking.make_site("changed.example")
    path = f"/api/sites/{site.id}"
    answer = await asking.ask("PUT", path, body={"name": "New Name", "public": True})
    assert (answer.status_code, list(answer.json().items())) == (
        200,
        [
            ("id", site.id),
            ("domain", "changed.example"),
            ("created_at", answer.json()["created_at"]),
            ("name", "New Name"),
            ("public", True),
            ("folder_id", None),
        ],
    )
    assert (await asking.ask("PUT", path, body={"public": False})).json()["name"] == "New Name"
    folder = await made(asking, {"name": "Some"})
    for chosen in (folder["id"], None):
        moved = await asking.ask("PUT", f"{path}/folder", body={"folder_id": chosen})
        assert moved.json()["folder_id"] == chosen


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("PUT", "/api/sites/{site}", {}, 400, "send at least one of name and public"),
        ("PUT", "/api/sites/{site}", {"public": 1}, 400, "public: Input should be a valid boolean"),
        ("PUT", "/api/sites/{site}", {"name": "x" * 101}, 400, "name must be 1 to 100 characters"),
        ("PUT", "/api/sites/{site}", [], 400, None),
        ("PUT", "/api/sites/999999", {"name": "x"}, 404, "site not found"),
        ("PUT", "/api/sites/99999999999", {"name": "x"}, 404, "site not found"),
        ("PUT", "/api/sites/{site}/folder", {}, 400, "folder_id: Field required"),
        ("PUT", "/api/sites/{site}/folder", {"folder_id": str(UUID(int=1))}, 404, "folder not found"),
        ("PUT", "/api/sites/{site}/folder", {"folder_id": "none"}, 404, "folder not found"),
        ("POST", "/api/folders", {}, 400, "name: Field required"),
        ("POST", "/api/folders", {"name": " "}, 400, "name must be 1 to 100 characters"),
        (
            "POST",
            "/api/folders",
            {"name": "x", "authelia_group": "a,b"},
            400,
            "authelia_group must be one group: it must not contain a comma",
        ),
        ("PUT", f"/api/folders/{UUID(int=1)}", {}, 400, "send at least one of name and authelia_group"),
        ("PUT", f"/api/folders/{UUID(int=1)}", {"name": "x"}, 404, "folder not found"),
        ("DELETE", "/api/folders/x", None, 404, "folder not found"),
    ],
)
async def test_what_is_wrong_is_told(  # noqa: PLR0917 - a request and its answer
    asking: Asking, method: str, path: str, body: object, status: int, error: str | None
) -> None:
    """With a sentence that says what to send."""
    answer = await asking.ask(method, path.format(site=asking.site.id), body=body)
    assert answer.status_code == status
    assert error in {answer.json()["error"], None}


async def test_whom_the_proxy_vouches_for_sees_what_the_groups_allow(asking: Asking) -> None:
    """Folders without a group and those of one's own groups, the sites in them, and those in none; keys see all."""
    path = f"/api/sites/{asking.site.id}"
    for name, group in (("Shared", None), ("Staff", "staff"), ("Board", "board")):
        await made(asking, {"name": name, "authelia_group": group})
    folders = {folder["name"]: folder["id"] for folder in (await asking.ask("GET", "/api/folders")).json()}
    assert [name for name in await names(asking, "guests, staff") if name in {"Shared", "Staff", "Board"}] == [
        "Shared",
        "Staff",
    ]
    assert "Staff" not in await names(asking, None)
    reports = f"/api/stats/{asking.site.id}/realtime"
    for folder, groups, status in (
        (None, None, 200),
        ("Shared", None, 200),
        ("Staff", "staff", 200),
        ("Staff", "board", 404),
        ("Staff", "", 404),
        ("Staff", "staff2,Staff", 404),
    ):
        chosen = None if folder is None else folders[folder]
        await asking.ask("PUT", f"{path}/folder", body={"folder_id": chosen})
        for method, asked, body in (("GET", reports, None), ("PUT", path, {"name": "x"})):
            assert status == (await asking.vouched(method, asked, groups=groups, body=body)).status_code
        assert (await asking.ask("GET", reports)).status_code == 200
    await asking.ask("PUT", f"{path}/folder", body={"folder_id": None})
    hidden = await asking.vouched("PUT", f"{path}/folder", groups="staff", body={"folder_id": folders["Board"]})
    assert (hidden.status_code, hidden.json()) == (404, {"error": "folder not found"})
    gone = await asking.vouched("DELETE", f"/api/folders/{folders['Board']}", groups="staff")
    assert gone.status_code == 404


async def test_nobody_else_can_say_who_signed_in(asking: Asking) -> None:
    """Not a client that is no trusted proxy, nor one that adds its own header to the proxy's."""
    for client, sent in (
        (asking.client, [("Remote-User", "ann")]),
        (asking.proxied, []),
        (asking.proxied, [("Remote-User", " ")]),
        (asking.proxied, [("Remote-User", "ann"), ("Remote-User", "bob")]),
        (asking.proxied, [("Remote-User", "ann"), ("Remote-Groups", "board"), ("Remote-Groups", "staff")]),
        (asking.proxied, [("Remote-User", "ann"), ("Authorization", "Bearer wrong")]),
    ):
        answer = await client.get("/api/folders", headers=sent)
        assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})


async def test_a_proxy_is_not_believed_unless_it_is_switched_on(asking: Asking) -> None:
    """As it is by default."""
    with staged(asking.dsn, asking.site, remote_user=False) as stage:
        async with stage.asking() as closed:
            assert (await closed.vouched("GET", "/api/folders")).status_code == 401
            assert (await closed.ask("GET", "/api/folders")).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://test"}, 200),
        ({"Origin": "http://test"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://test"}, 403),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "http://[elsewhere"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_page_elsewhere_changes_nothing(asking: Asking, sent: dict[str, str], status: int) -> None:
    """It could make the browser of somebody who is signed in at the proxy ask; to read is no harm."""
    headers = {"Remote-User": "ann"} | sent
    answer = await asking.proxied.post("/api/folders", headers=headers, json={"name": "Forged"})
    assert answer.status_code == status
    assert (await asking.proxied.get("/api/folders", headers=headers)).status_code == 200
