"""Who may ask what: every route of the API with every kind of key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from core.accounts import Api, Role
from storage import accounts, keys, users
from tests.api.routes import api_routes

if TYPE_CHECKING:
    from tests.api.beep.conftest import Beep

#: Every route that needs a token: what is sent to it, and the status that an owner of one gets.
TABLE: Final[dict[tuple[str, str], tuple[object, int]]] = {
    ("GET", "/api/ignore"): (None, 200),
    ("POST", "/api/ignore"): ({"ip": "192.0.2.1"}, 201),
    ("DELETE", "/api/ignore/{id}"): (None, 204),
    ("POST", "/api/tokens/generate"): (None, 200),
    ("GET", "/api/tokens"): (None, 200),
    ("DELETE", "/api/tokens/{id}"): (None, 404),
    ("GET", "/api/stats"): (None, 200),
    ("GET", "/api/sites"): (None, 200),
    ("POST", "/api/sites"): ({"domain": "new.example"}, 200),
    ("DELETE", "/api/sites/{id}"): (None, 404),
}
#: Those for pages of any origin, and those that point to the others.
PUBLIC: Final = {
    *(("POST", "/collect"), ("OPTIONS", "/collect"), ("GET", "/track.js"), ("HEAD", "/track.js")),
    *(("GET", "//api/{id}"), ("POST", "//api/{id}"), ("DELETE", "//api/{id}")),
}


@pytest.fixture(scope="module")
def useless(beep: Beep) -> list[str]:
    """Keys that open nothing here: of other APIs, revoked ones, and of users and accounts that are gone."""
    with psycopg.connect(beep.server.dsn) as connection:
        others = [keys.create(connection, api, Role.ADMIN, "users") for api in Api if api not in {Api.BEEP, Api.ANTICS}]
        revoked, bereft, gone = (keys.create(connection, Api.BEEP, Role.ADMIN, who) for who in ("a", "a", "b"))
        connection.execute("UPDATE api_keys SET revoked_at = now() WHERE key_hash = %s", [keys.key_hash(revoked)])
        found = keys.find(connection, Api.BEEP, bereft)
        assert found is not None
        users.delete(connection, found.user_id)
        accounts.delete(connection, accounts.ensure(connection, "b"))
    return ["", "0" * 64, "a b", "\xe9", beep.token[:-1], *others, revoked, bereft, gone]


def test_every_route_has_a_row(beep: Beep) -> None:
    """A new route says here whom it answers; those of sites are shared with Antics."""
    found = api_routes(beep.server.app, "beep") | api_routes(beep.server.app, "shared_sites")
    assert TABLE.keys() | PUBLIC == {(method, re.sub(r"{[^}]+}", "{id}", path)) for method, path in found}


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
def test_who_is_answered(ask: Beep, useless: list[str], route: tuple[str, str]) -> None:
    """Without a token that works nobody learns anything, of bodies and parameters neither."""
    (method, path), (body, status) = route, TABLE[route]
    path = path.format(id="9999999")
    for key in useless:
        refused = ask.client.request(
            method,
            path,
            headers={b"Authorization": b"Bearer " + key.encode("latin-1")} if key else None,
            params={"from": "x", "to": "y"},
            content=b"{" if method == "POST" else None,
        )
        assert (key, refused.status_code, refused.json()) == (key, 401, {"error": "unauthorized"})
    assert ask.ask(method, path, json=body).status_code == status


def test_keys_of_antics_open_the_shared_routes_only(beep: Beep) -> None:
    """Sites are common to both APIs, and nothing else is."""
    with psycopg.connect(beep.server.dsn) as connection:
        key = keys.create(connection, Api.ANTICS, Role.ADMIN, "users")
    opened = {route for route in TABLE if beep.ask(*route, token=key, content=b"{").status_code != 401}
    assert opened == {route for route in TABLE if route[1].startswith("/api/sites")}


@pytest.mark.parametrize("header", ["bearer {}", "BEARER {}", "Bearer  {}"])
def test_how_a_token_may_be_written(beep: Beep, header: str) -> None:
    """The scheme in any case."""
    answer = beep.client.get("/api/tokens", headers={"Authorization": header.format(beep.token)})
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["{}", "Token {}", "Basic {}"])
def test_how_a_token_may_not_be_written(beep: Beep, header: str) -> None:
    """Nor in any other header."""
    for name in ("Authorization", "X-API-KEY"):
        answer = beep.client.get("/api/tokens", headers={name: header.format(beep.token)})
        assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})


def test_tokens_open_no_other_api(beep: Beep) -> None:
    """Each of the others has a door of its own."""
    for path in ("/api/v1/websites", "/api/v1/me", "/api/v2/sites", "/api/folders", "/api/stats/1"):
        for headers in ({"Authorization": f"Bearer {beep.token}"}, {"X-API-KEY": beep.token}):
            assert (path, beep.client.get(path, headers=headers).status_code) == (path, 401)
