"""Who may ask what: every route of the Antics API with every kind of key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accounts import Api, Role
from core.alerts import check_condition
from storage import alerts, keys
from storage.key_vault import KeyVault

if TYPE_CHECKING:
    from tests.api.antics.conftest import Asking

ALERT: Final = {"metric": "visitors", "operator": "lt", "threshold": 10, "email": "you@example.com"}
#: Every route that is somebody's: what is sent to it, and its answer.
TABLE: Final[dict[tuple[str, str], tuple[object, int]]] = {
    ("PUT", "/api/sites/{site}"): ({"name": "x"}, 200),
    ("PUT", "/api/sites/{site}/folder"): ({"folder_id": None}, 200),
    ("GET", "/api/stats/{site}"): (None, 200),
    ("GET", "/api/stats/{site}/timeseries"): (None, 200),
    ("GET", "/api/stats/{site}/realtime"): (None, 200),
    ("GET", "/api/stats/{site}/paths"): (None, 200),
    ("GET", "/api/stats/{site}/entry-exit"): (None, 200),
    ("GET", "/api/export/{site}"): (None, 200),
    ("PUT", "/api/folders/{folder}"): ({"name": "x"}, 200),
    ("DELETE", "/api/folders/{folder}"): (None, 204),
    ("DELETE", "/api/alerts/{alert}"): (None, 204),
}
LISTS: Final[dict[tuple[str, str], tuple[object, int]]] = {
    ("GET", "/api/folders"): (None, 200),
    ("POST", "/api/folders"): ({"name": "x"}, 200),
    ("GET", "/api/alerts"): (None, 200),
    ("POST", "/api/alerts"): ({"site_id": 1, **ALERT}, 200),
}
ABSENT: Final = {"site": "999999"} | dict.fromkeys(("folder", "alert"), "00000000-0000-0000-0000-000000000000")


async def ids(asking: Asking) -> dict[str, str]:
    """A site, a new folder and a new alert of the owner's."""
    folder = (await asking.ask("POST", "/api/folders", body={"name": "Mine"})).json()
    with psycopg.connect(asking.dsn) as connection:
        condition = check_condition("visitors", "lt", 10)
        made = alerts.insert(connection, KeyVault(), asking.make_site(f"{uuid4()}.example").id, condition)
    assert made is not None
    return {"site": str(asking.site.id), "folder": folder["id"], "alert": str(made.alert.id)}


@pytest.mark.parametrize("route", TABLE | LISTS, ids=" ".join)
async def test_only_keys_of_this_api_open_it(asking: Asking, route: tuple[str, str]) -> None:
    """A key of another one, and none at all, are answered alike, whatever they send."""
    (method, path), (_, status) = route, (TABLE | LISTS)[route]
    with psycopg.connect(asking.dsn) as connection:
        others = [keys.create(connection, api, Role.ADMIN, "default") for api in Api if api is not Api.ANTICS]
    found = await ids(asking)
    for key in ("", "0" * 64, *others):
        answer = await asking.ask(method, path.format(**found), key=key, body=[])
        assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})
    answer = await asking.ask(method, path.format(**found), body=(TABLE | LISTS)[route][0])
    assert answer.status_code == status


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
async def test_what_others_own_cannot_be_told_from_what_is_not_there(asking: Asking, route: tuple[str, str]) -> None:
    """To the letter."""
    (method, path), (body, _) = route, TABLE[route]
    theirs = await asking.ask(method, path.format(**await ids(asking)), key=asking.stranger, body=body)
    absent = await asking.ask(method, path.format(**ABSENT), body=body)
    assert (theirs.status_code, theirs.content) == (404, absent.content)
    if "{site}" in path:
        assert (await asking.ask(method, path.format(**await ids(asking)), key=asking.admin, body=body)).is_success


async def test_lists_are_of_the_own_account(asking: Asking) -> None:
    """Nobody sees another one's, nor adds to what is not their own."""
    await ids(asking)
    for path in ("/api/folders", "/api/alerts"):
        assert (await asking.ask("GET", path, key=asking.stranger)).json() == []
    theirs, absent = [
        await asking.ask("POST", "/api/alerts", key=key, body={"site_id": site, **ALERT})
        for key, site in ((asking.stranger, asking.site.id), (asking.key, 999_999))
    ]
    assert (theirs.status_code, theirs.content) == (404, absent.content)


WORDS = st.sampled_from(["today", "7d", "12mo", "2026-03-01,2026-03-18", "0001-01-01,9999-12-31", "pathname", "-1"])
PATHS = st.sampled_from([path for method, path in TABLE if method == "GET"])


@given(path=PATHS, query=st.dictionaries(st.sampled_from(["period", "metric", "limit"]), WORDS | st.text(max_size=9)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_question_makes_an_error_of_ours(asking: Asking, path: str, query: dict[str, str]) -> None:
    """Whatever is asked for is told, or it is said what to send."""
    answer = await asking.client.get(
        path.format(site=asking.site.id),
        params={name: text.encode("utf-8", "replace").decode() for name, text in query.items()},
        headers={"Authorization": f"Bearer {asking.key}"},
    )
    assert answer.status_code in {200, 400}


@given(
    body=st.binary(max_size=40)
    | st.dictionaries(st.sampled_from(["name", "authelia_group", "site_id"]), st.text()).map(str)
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_body_makes_an_error_of_ours(asking: Asking, body: bytes | str) -> None:
    """It is taken or refused."""
    folder = f"/api/sites/{asking.site.id}/folder"
    for method, path in (("POST", "/api/folders"), ("POST", "/api/alerts"), ("PUT", folder)):
        answer = await asking.client.request(
            method,
            path,
            content=body.encode("utf-8", "replace").replace(b"'", b'"') if isinstance(body, str) else body,
            headers={"Authorization": f"Bearer {asking.key}"},
        )
        assert answer.status_code in {200, 400}
        assert re.fullmatch(r"application/json", answer.headers["content-type"])
