"""Who may ask what: every route of the wired application with every kind of credential; and how often."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx
import psycopg
import pytest

from api.limits import LocalLimit, Rate
from core.accounts import Access, Api, Role
from ops.clock import SystemClock
from storage import accounts, keys, sites, users
from tests.api.routes import api_routes
from tests.api.served import served
from tests.api.tinylytics.stage import SITE, staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.served import Served


class Credential(StrEnum):
    """Who asks."""

    NONE = "no key"
    WRONG = "a key that never was"
    OTHER_API = "a key of another API"
    REVOKED = "a revoked key"
    DELETED_USER = "the key of a deleted user"
    DELETED_ACCOUNT = "the key of a deleted account"
    READ_ONLY = "a key of the account that reads"
    FULL = "a key of the account that writes"
    STRANGER = "a key of another account that writes"
    STRANGER_READS = "a key of another account that reads"
    ADMIN = "an admin of another account"


class Whom(StrEnum):
    """Whom a route answers."""

    ANYBODY = "anybody"
    KEYS = "every key"
    OWNERS = "every key of the account"
    WRITERS = "every key of the account that writes"


_C = Credential
_UNKNOWN: Final = dict.fromkeys((_C.NONE, _C.WRONG, _C.OTHER_API, _C.REVOKED, _C.DELETED_USER, _C.DELETED_ACCOUNT), 401)
_STRANGERS: Final = {_C.STRANGER: 404, _C.STRANGER_READS: 404}
#: What is answered instead of what was asked for.
REFUSALS: Final[dict[Whom, dict[Credential, int]]] = {
    Whom.ANYBODY: {},
    Whom.KEYS: _UNKNOWN,
    Whom.OWNERS: _UNKNOWN | _STRANGERS,
    Whom.WRITERS: _UNKNOWN | _STRANGERS | {_C.READ_ONLY: 403, _C.STRANGER_READS: 403},
}


class Row(NamedTuple):
    """A route: whom it answers, with which status, what is sent."""

    whom: Whom
    status: int = 200
    body: object = None


_SITE: Final = "/api/v1/sites/{id}"
#: Every route there is.
TABLE: Final = {
    ("GET", "/api/v1"): Row(Whom.ANYBODY),
    ("GET", "/api/v1/"): Row(Whom.ANYBODY),
    ("GET", "/api/v1/openapi.json"): Row(Whom.ANYBODY),
    ("GET", "/api/v1/me"): Row(Whom.KEYS),
    ("GET", "/api/v1/sites"): Row(Whom.KEYS),
    ("GET", _SITE): Row(Whom.OWNERS),
    ("GET", f"{_SITE}/hits"): Row(Whom.OWNERS),
    ("POST", f"{_SITE}/hits"): Row(Whom.WRITERS, 201, {"path": "/"}),
    ("POST", f"{_SITE}/hits/batch"): Row(Whom.WRITERS, 200, [{"path": "/"}]),
    ("GET", f"{_SITE}/kudos"): Row(Whom.OWNERS),
    ("POST", f"{_SITE}/kudos"): Row(Whom.WRITERS, 201, {"path": "/"}),
    ("DELETE", f"{_SITE}/kudos/{{id}}"): Row(Whom.WRITERS),
    ("GET", f"{_SITE}/leaderboard"): Row(Whom.OWNERS),
    ("GET", f"{_SITE}/user_journeys"): Row(Whom.OWNERS),
    ("GET", f"{_SITE}/insights"): Row(Whom.OWNERS),
    ("GET", f"{_SITE}/uptime"): Row(Whom.OWNERS),
    ("GET", f"{_SITE}/content"): Row(Whom.OWNERS),
}
PROTECTED: Final = [route for route, row in TABLE.items() if row.whom in {Whom.OWNERS, Whom.WRITERS}]


class Stage:
    """A server, a key of each kind, and what belongs to the users' account."""

    def __init__(self, server: Served, client: httpx.Client) -> None:
        self.server = server
        self._client = client
        self._numbers = count()
        with psycopg.connect(server.dsn) as connection:
            self.keys = _keys(connection)
            sites.configure(connection, server.site.uuid, {"content": True, "uptime": True})

    def answer(
        self, method: str, path: str, credential: Credential, *, site: object = None, body: object = None
    ) -> httpx.Response:
        """Ask; what is to be deleted is made first."""
        uid = f"kudo-{next(self._numbers)}"
        if method == "DELETE" and site is None:
            with psycopg.connect(self.server.dsn) as connection:
                connection.execute(
                    "INSERT INTO kudos (site, uid, path) VALUES (%s, %s, '/')", [self.server.site.id, uid]
                )
        key = self.keys[credential]
        named = path.replace("{id}", str(site or self.server.site.id), 1).replace("{id}", uid)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self._client.request(method, named, headers=headers, json=body)


def _keys(connection: psycopg.Connection) -> dict[Credential, str]:
    def make(account: str, access: Access = Access.FULL, role: Role = Role.USER, api: Api = Api.TINYLYTICS) -> str:
        return keys.create(connection, api, role, account, access=access)

    found = {
        _C.NONE: "",
        _C.WRONG: "tly-fa-" + "x" * 43,
        _C.OTHER_API: make("users", api=Api.PLATFORM),
        _C.REVOKED: make("users"),
        _C.DELETED_USER: make("users"),
        _C.DELETED_ACCOUNT: make("gone"),
        _C.READ_ONLY: make("users", Access.READ_ONLY),
        _C.FULL: make("users"),
        _C.STRANGER: make("strangers"),
        _C.STRANGER_READS: make("strangers", Access.READ_ONLY),
        _C.ADMIN: make("admins", role=Role.ADMIN),
    }
    revoked, deleted = (keys.find(connection, Api.TINYLYTICS, found[each]) for each in (_C.REVOKED, _C.DELETED_USER))
    assert revoked is not None
    assert revoked.key_id is not None
    keys.revoke(connection, revoked.key_id)
    assert deleted is not None
    users.delete(connection, deleted.user_id)
    accounts.delete(connection, accounts.ensure(connection, "gone"))
    return found


@pytest.fixture(scope="module")
def stage(module_database: str) -> Iterator[Stage]:
    """One server for all rows."""
    with served(module_database) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        yield Stage(server, client)


def test_every_route_has_a_row(stage: Stage) -> None:
    """A new route says here whom it answers."""
    asked = {(method, re.sub(r"{[^}]+}", "{id}", path)) for method, path in api_routes(stage.server.app, "tinylytics")}
    assert set(TABLE) == asked


@pytest.mark.parametrize("credential", Credential)
@pytest.mark.parametrize("route", TABLE, ids=" ".join)
def test_who_is_answered(stage: Stage, route: tuple[str, str], credential: Credential) -> None:
    """Whom the table names gets an answer; a body that is wrong is told to them alone."""
    row = TABLE[route]
    answer = stage.answer(*route, credential, body=row.body)
    assert REFUSALS[row.whom].get(credential, row.status) == answer.status_code
    if row.body is not None:
        wrong = stage.answer(*route, credential, body="no hit")
        assert REFUSALS[row.whom].get(credential, 422) == wrong.status_code
    if credential in REFUSALS[row.whom]:
        assert answer.json().keys() == {"error"}


@pytest.mark.parametrize("route", PROTECTED, ids=" ".join)
@pytest.mark.parametrize("absent", ["2147483647", "2147483648", "abc123", "-1", "%31%00"])
def test_what_others_own_cannot_be_told_from_what_is_not_there(
    stage: Stage, route: tuple[str, str], absent: str
) -> None:
    """The answer to a stranger is, to the letter, the one that an admin gets for an id that nothing has."""
    theirs = stage.answer(*route, _C.STRANGER, body=TABLE[route].body)
    nothing = stage.answer(*route, _C.ADMIN, site=absent, body=TABLE[route].body)
    assert (theirs.status_code, theirs.content) == (nothing.status_code, nothing.content)


@pytest.mark.parametrize("api", [Api.BEEP, Api.ANTICS, Api.PLATFORM])
def test_its_keys_open_no_other_api(stage: Stage, api: Api) -> None:
    """Nor does an admin's."""
    other = {Api.BEEP: "/api/stats", Api.ANTICS: "/api/folders", Api.PLATFORM: "/api/v2/sites"}[api]
    for path in (other, "/api/sites"):
        assert stage.answer("GET", path, _C.ADMIN).status_code == 401


def test_a_list_has_the_sites_of_the_account(stage: Stage) -> None:
    """An admin's has all."""
    with psycopg.connect(stage.server.dsn) as connection:
        account = accounts.ensure(connection, "strangers")
        made = sites.insert(connection, account_id=account, domain="strange.example")
    assert made is not None
    seen = {
        credential: {site["id"] for site in stage.answer("GET", "/api/v1/sites", credential).json()["sites"]}
        for credential in (_C.FULL, _C.STRANGER, _C.ADMIN)
    }
    assert seen == {
        _C.FULL: {stage.server.site.id},
        _C.STRANGER: {made.id},
        _C.ADMIN: {stage.server.site.id, made.id},
    }


async def test_a_key_may_ask_so_often(postgres_database: str) -> None:
    """Reading and writing are counted together, and each key for itself."""
    async with staged(postgres_database, limit=LocalLimit(Rate(4, 3_600), clock=SystemClock())) as stage:
        asked = [
            await stage.get("/me"),
            await stage.ask("POST", f"/sites/{SITE}/hits", body={"path": "/"}),
            await stage.ask("POST", f"/sites/{SITE}/hits/batch", body=[{"path": "/"}] * 10),
            await stage.get("/sites"),
            await stage.get("/sites"),
            await stage.ask("POST", f"/sites/{SITE}/hits", body={"path": "/"}),
        ]
        assert [answer.status_code for answer in asked] == [200, 201, 200, 200, 429, 429]
        for refused in asked[-2:]:
            assert refused.json() == {"error": "Rate limit exceeded"}
            assert 0 < int(refused.headers["retry-after"]) <= 3_600
        assert (await stage.get("/me", key=stage.read_only)).status_code == 200
        assert (await stage.get("", key="")).status_code == 200
