"""Who may ask what: every route of the wired application with every kind of credential."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import uuid4

import httpx
import psycopg
import pytest

from core.accounts import Api, Role
from storage import accounts, keys, sites, users
from tests.api.routes import api_routes
from tests.api.served import served
from tests.issues import make_issue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.api.served import Served


class Credential(StrEnum):
    """Who asks."""

    NONE = "no key"
    WRONG = "a key that never was"
    OTHER_API = "a key of another API"
    REVOKED = "a revoked key"
    DELETED_USER = "the key of a deleted user"
    DELETED_ACCOUNT = "the key of a deleted account"
    USER = "a user of the account"
    STRANGER = "a user of another account"
    ADMIN = "an admin of another account"


_C = Credential
_UNKNOWN: Final = dict.fromkeys((_C.NONE, _C.WRONG, _C.OTHER_API, _C.REVOKED, _C.DELETED_USER, _C.DELETED_ACCOUNT), 401)


class Access(StrEnum):
    """Whom a route answers."""

    ANYBODY = "anybody"
    USERS = "users"
    OWNERS = "owners"
    ADMINS = "admins"


#: What is answered instead of what was asked for.
REFUSALS: Final[dict[Access, dict[Credential, int]]] = {
    Access.ANYBODY: {},
    Access.USERS: _UNKNOWN,
    Access.OWNERS: _UNKNOWN | {_C.STRANGER: 404},
    Access.ADMINS: _UNKNOWN | {_C.USER: 403, _C.STRANGER: 403},
}


class Asked(NamedTuple):
    """One request, its path after the table's."""

    id: object = ""
    query: dict[str, str | list[str]] | None = None
    body: object = None
    item: object = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A route: whom it answers, with which status, and a request that it then answers so."""

    access: Access
    status: int = 200
    ask: Callable[[Stage], Asked] = field(default=lambda _: Asked())


def _report(**query: str | list[str]) -> Row:
    return Row(
        access=Access.OWNERS, ask=lambda stage: Asked(query={"website_id": str(stage.server.site.uuid), **query})
    )


def _definitions(path: str, meaning: dict[str, object]) -> dict[tuple[str, str], Row]:
    """The routes of what is named for a website."""

    def new(stage: Stage) -> Asked:
        return Asked(id=stage.server.site.uuid, body={"name": stage.name(), **meaning})

    def made(stage: Stage) -> Asked:
        asked = new(stage)
        found = stage.answer("POST", f"/api/v1/websites/{{id}}/{path}", _C.USER, asked).json()
        return asked._replace(item=found["data"]["id"])

    def unnamed(stage: Stage) -> Asked:
        return made(stage)._replace(body=None)

    all_of_them, one = f"/api/v1/websites/{{id}}/{path}", f"/api/v1/websites/{{id}}/{path}/{{id}}"
    return {
        ("GET", all_of_them): Row(access=Access.OWNERS, ask=lambda stage: Asked(id=stage.server.site.uuid)),
        ("POST", all_of_them): Row(access=Access.OWNERS, status=201, ask=new),
        ("PATCH", one): Row(access=Access.OWNERS, ask=made),
        ("DELETE", one): Row(access=Access.OWNERS, ask=unnamed),
    }


def _recipients() -> dict[tuple[str, str], Row]:
    """The routes of recipients, each time of a site of its own: a site has only so many."""

    def made(stage: Stage, body: object = None) -> Asked:
        site = stage.make_site()
        asked = Asked(id=site, body=body)
        added = stage.answer("POST", "/api/v1/websites/{id}/recipients", _C.USER, asked._replace(body=_RECIPIENT))
        return asked._replace(item=added.json()["data"]["id"])

    every, one = "/api/v1/websites/{id}/recipients", "/api/v1/websites/{id}/recipients/{id}"
    return {
        ("GET", every): Row(access=Access.OWNERS, ask=lambda stage: Asked(id=stage.make_site())),
        ("POST", every): Row(
            access=Access.OWNERS, status=201, ask=lambda stage: Asked(id=stage.make_site(), body=_RECIPIENT)
        ),
        ("PATCH", one): Row(access=Access.OWNERS, ask=lambda stage: made(stage, {"kinds": ["insights"]})),
        ("DELETE", one): Row(access=Access.OWNERS, ask=made),
        ("POST", f"{one}/test"): Row(access=Access.OWNERS, status=202, ask=made),
    }


def _content() -> dict[tuple[str, str], Row]:
    """The routes of what is wrong in pages."""

    def site(stage: Stage, body: object = None) -> Asked:
        return Asked(id=stage.server.site.uuid, body=body)

    def checked(stage: Stage) -> Asked:
        with psycopg.connect(stage.server.dsn) as connection:
            sites.configure(connection, stage.server.site.uuid, {"content": True})
        return site(stage)

    def issue(stage: Stage) -> Asked:
        with psycopg.connect(stage.server.dsn) as connection:
            return site(stage, {"ignored": True})._replace(item=make_issue(connection, stage.server.site.id))

    every = "/api/v1/websites/{id}/content"
    return {
        ("GET", every): Row(access=Access.OWNERS, ask=site),
        ("PATCH", every): Row(access=Access.OWNERS, ask=lambda stage: site(stage, {"messagesPaused": True})),
        ("POST", f"{every}/check"): Row(access=Access.OWNERS, status=202, ask=checked),
        ("PATCH", f"{every}/issues/{{id}}"): Row(access=Access.OWNERS, ask=issue),
    }


def _public(status: int = 200) -> Row:
    return Row(access=Access.ANYBODY, status=status)


_RECIPIENT: Final = {"channel": "email", "address": "ada@example.com", "kinds": ["weekly_report"]}
_SCRIPT: Final = Row(access=Access.ANYBODY, ask=lambda _: Asked(id="tracker.js"))

#: Every route there is. Paths of things are asked for a thing that was made for this request alone.
TABLE: Final = {
    ("GET", "/health"): _public(),
    ("GET", "/health/live"): _public(),
    ("GET", "/health/ready"): _public(),
    ("GET", "/metrics"): Row(access=Access.ADMINS),
    ("GET", "/js/{id}"): _SCRIPT,
    ("HEAD", "/js/{id}"): _SCRIPT,
    ("GET", "/openapi.json"): _public(),
    ("OPTIONS", "/api/v1/collect"): _public(204),
    ("POST", "/api/v1/collect"): Row(
        access=Access.ANYBODY,
        status=202,
        ask=lambda stage: Asked(
            body={
                "website_id": str(stage.server.site.uuid),
                "event_type": "page_view",
                "url": "https://example.com/",
                "path": "/",
            }
        ),
    ),
    ("GET", "/api/v1/pixel.gif"): Row(
        access=Access.ANYBODY, ask=lambda stage: Asked(query={"id": str(stage.server.site.uuid)})
    ),
    ("HEAD", "/api/v1/pixel.gif"): _public(),
    ("GET", "/api/v1/accounts"): Row(access=Access.ADMINS),
    ("POST", "/api/v1/accounts"): Row(
        access=Access.ADMINS, status=201, ask=lambda stage: Asked(body={"name": stage.name()})
    ),
    ("DELETE", "/api/v1/accounts/{id}"): Row(access=Access.ADMINS, ask=lambda stage: Asked(id=stage.make_account())),
    ("GET", "/api/v1/users"): Row(access=Access.ADMINS),
    ("POST", "/api/v1/users"): Row(
        access=Access.ADMINS,
        status=201,
        ask=lambda stage: Asked(body={"account_id": str(stage.server.site.account_id), "role": "user"}),
    ),
    ("GET", "/api/v1/users/{id}/api-key"): Row(access=Access.ADMINS, ask=lambda stage: Asked(id=stage.shown_user)),
    ("DELETE", "/api/v1/users/{id}"): Row(access=Access.ADMINS, ask=lambda stage: Asked(id=stage.make_user())),
    ("GET", "/api/v1/websites"): Row(access=Access.USERS),
    ("POST", "/api/v1/websites"): Row(
        access=Access.USERS, status=201, ask=lambda stage: Asked(body={"domain": f"{stage.name()}.example"})
    ),
    ("PATCH", "/api/v1/websites/{id}"): Row(
        access=Access.OWNERS, ask=lambda stage: Asked(id=stage.make_site(), body={"content_groups": []})
    ),
    ("DELETE", "/api/v1/websites/{id}"): Row(access=Access.OWNERS, ask=lambda stage: Asked(id=stage.make_site())),
    ("GET", "/api/v1/websites/{id}/settings"): Row(access=Access.OWNERS, ask=lambda stage: Asked(id=stage.make_site())),
    ("GET", "/api/v1/websites/{id}/snippet"): Row(access=Access.OWNERS, ask=lambda stage: Asked(id=stage.make_site())),
    ("PATCH", "/api/v1/websites/{id}/settings"): Row(
        access=Access.OWNERS, ask=lambda stage: Asked(id=stage.make_site(), body={"honour_gpc": False})
    ),
    ("GET", "/api/v1/websites/{id}/drops"): Row(access=Access.OWNERS, ask=lambda stage: Asked(id=stage.make_site())),
    **_definitions("segments", {"filters": [{"dimension": "country", "value": "DE"}]}),
    **_definitions("goals", {"event": "signup"}),
    **_definitions("funnels", {"steps": ["/", "signup"]}),
    **_definitions("notes", {"date": "2026-11-10", "title": "Sale"}),
    **_recipients(),
    **_content(),
    ("POST", "/api/v1/admin/aggregate"): Row(access=Access.ADMINS),
    ("GET", "/api/v1/reports/summary"): _report(),
    ("GET", "/api/v1/reports/pages"): _report(),
    ("GET", "/api/v1/reports/sources"): _report(group_by="channel"),
    ("GET", "/api/v1/reports/devices"): _report(),
    ("GET", "/api/v1/reports/flow"): _report(),
    ("GET", "/api/v1/reports/funnel"): _report(**{"steps[]": ["/", "/b"]}),
    ("GET", "/api/v1/reports/journeys"): _report(),
    ("GET", "/api/v1/reports/custom-events"): _report(),
    ("GET", "/api/v1/reports/timeseries"): _report(),
    ("GET", "/api/v1/reports/breakdown"): _report(by="country"),
    ("GET", "/api/v1/reports/realtime"): _report(),
    ("GET", "/api/v1/reports/realtime/stream"): _report(),
}


class Stage:
    """A server, a key of each kind, and things that belong to the user's account."""

    def __init__(self, server: Served) -> None:
        self.server: Served = server
        self._numbers = count()
        with psycopg.connect(server.dsn) as connection:
            self.keys = _keys(connection, server)
        made = self.answer(
            "POST",
            "/api/v1/users",
            _C.ADMIN,
            Asked(body={"account_id": str(server.site.account_id), "role": "user"}),
        )
        self.shown_user: str = made.json()["data"]["id"]

    def name(self) -> str:
        """A name that nothing has."""
        return f"thing-{next(self._numbers)}"

    def make_account(self) -> object:
        """The id of a new account."""
        with psycopg.connect(self.server.dsn) as connection:
            return accounts.ensure(connection, self.name())

    def make_user(self) -> object:
        """The id of a new user of the account."""
        with psycopg.connect(self.server.dsn) as connection:
            return users.insert(connection, account_id=self.server.site.account_id, role=Role.USER).id

    def make_site(self) -> object:
        """The UUID of a new site of the account."""
        with psycopg.connect(self.server.dsn) as connection:
            made = sites.insert(connection, account_id=self.server.site.account_id, domain=f"{self.name()}.example")
        assert made is not None
        return made.uuid

    def answer(self, method: str, path: str, credential: Credential, asked: Asked) -> httpx.Response:
        """Ask; of an answer without an end the beginning is enough."""
        key = self.keys[credential]
        headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
        if key:
            headers["X-API-KEY"] = key
        with httpx.stream(
            method,
            self.server.url + path.replace("{id}", str(asked.id), 1).replace("{id}", str(asked.item)),
            params=httpx.QueryParams(asked.query),
            json=asked.body,
            headers=headers,
            timeout=30,
        ) as response:
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                response.read()
        return response


def _keys(connection: psycopg.Connection, server: Served) -> dict[Credential, str]:
    def make(account: str) -> str:
        return keys.create(connection, Api.TINYTRAIL, Role.ADMIN, account)

    found = {
        _C.NONE: "",
        _C.WRONG: "tt_" + "x" * 43,
        _C.OTHER_API: make("admins"),
        _C.REVOKED: make("admins"),
        _C.DELETED_USER: make("admins"),
        _C.DELETED_ACCOUNT: make("gone"),
        _C.USER: server.user_key,
        _C.STRANGER: keys.create(connection, Api.TINYTRAIL, Role.USER, "strangers"),
        _C.ADMIN: server.admin_key,
    }
    hash_of = {credential: keys.key_hash(key) for credential, key in found.items()}
    connection.execute("UPDATE api_keys SET api = 'beep' WHERE key_hash = %s", [hash_of[_C.OTHER_API]])
    connection.execute("UPDATE api_keys SET revoked_at = now() WHERE key_hash = %s", [hash_of[_C.REVOKED]])
    deleted = keys.find(connection, Api.TINYTRAIL, found[_C.DELETED_USER])
    assert deleted is not None
    users.delete(connection, deleted.user_id)
    accounts.delete(connection, accounts.ensure(connection, "gone"))
    return found


@pytest.fixture(scope="module")
def stage(module_database: str) -> Iterator[Stage]:
    """One server for all rows."""
    with served(module_database) as server:
        yield Stage(server)


def test_every_route_has_a_row(stage: Stage) -> None:
    """A new route says here whom it answers."""
    asked = {(method, re.sub(r"{[^}]+}", "{id}", path)) for method, path in api_routes(stage.server.app)}
    assert set(TABLE) == asked


@pytest.mark.parametrize("credential", Credential)
@pytest.mark.parametrize("route", TABLE, ids=" ".join)
def test_who_is_answered(stage: Stage, route: tuple[str, str], credential: Credential) -> None:
    """Whom the table names gets an answer, others 401 without a key that works, 403 or 404 with one."""
    row = TABLE[route]
    answer = stage.answer(*route, credential, row.ask(stage))
    assert REFUSALS[row.access].get(credential, row.status) == answer.status_code
    if credential in REFUSALS[row.access]:
        assert answer.json()["status"] == "error"


@pytest.mark.parametrize("credential", [_C.NONE, _C.WRONG, _C.USER])
@pytest.mark.parametrize("route", [route for route, row in TABLE.items() if row.access is Access.ADMINS], ids=" ".join)
def test_what_is_wrong_is_not_told(stage: Stage, route: tuple[str, str], credential: Credential) -> None:
    """Whoever may not ask learns nothing of ids and bodies."""
    answer = stage.answer(*route, credential, Asked(id="x", body=[]))
    assert answer.status_code == REFUSALS[Access.ADMINS][credential]


@pytest.mark.parametrize("route", [route for route, row in TABLE.items() if row.access is Access.OWNERS], ids=" ".join)
def test_what_others_own_cannot_be_told_from_what_is_not_there(stage: Stage, route: tuple[str, str]) -> None:
    """The answer to a stranger is, to the letter, the one that an admin gets for an id that nothing has."""
    asked = TABLE[route].ask(stage)
    unknown = str(uuid4())
    nothing = asked._replace(id=unknown, query=asked.query and (asked.query | {"website_id": unknown}))
    theirs, absent = stage.answer(*route, _C.STRANGER, asked), stage.answer(*route, _C.ADMIN, nothing)
    assert (absent.status_code, absent.content) == (theirs.status_code, theirs.content)


def test_lists_show_what_one_may_see(stage: Stage) -> None:
    """A user's list is of the own account, an admin's of all; what a user makes is of the own account too."""
    account = str(stage.server.site.account_id)
    seen = {}
    for credential in (_C.USER, _C.STRANGER, _C.ADMIN):
        body = {"domain": f"{stage.name()}.example", "account_id": account}
        assert stage.answer("POST", "/api/v1/websites", credential, Asked(body=body)).status_code == 201
        listed = stage.answer("GET", "/api/v1/websites", credential, Asked()).json()["data"]
        seen[credential] = {website["accountId"] for website in listed}
    assert seen[_C.USER] == {account}
    assert len(seen[_C.STRANGER]) == 1
    assert seen[_C.STRANGER].isdisjoint(seen[_C.USER])
    assert seen[_C.USER] | seen[_C.STRANGER] <= seen[_C.ADMIN]
