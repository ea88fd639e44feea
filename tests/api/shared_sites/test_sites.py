"""`/api/sites`, with keys of both APIs that have it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

import httpx
import psycopg
import pytest

from core.accounts import Access, Api, Role
from storage import accounts, folders, keys, sites
from tests.api.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from core.sites import Site
    from tests.api.served import Served

_numbers: Final = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A server and a key of each kind, all of the account `default`, but for the last two."""

    server: Served
    client: httpx.Client
    keys: dict[str, str]

    def ask(self, method: str, path: str, key: str = "beep", **sent: object) -> httpx.Response:
        """Ask with the key of this kind; without headers for a kind that is not there."""
        headers = {"Authorization": f"Bearer {self.keys[key]}"} if key in self.keys else {}
        return self.client.request(method, path, headers=headers, **sent)  # type: ignore[arg-type]  # as httpx has it

    def make(self, account: str = "default", *, domain: str = "", by_origin: bool = False) -> Site:
        """A new site of an account."""
        with psycopg.connect(self.server.dsn) as connection:
            owner = accounts.ensure(connection, account)
            made = sites.insert(connection, account_id=owner, domain=domain or new_domain(), by_origin=by_origin)
        assert made is not None
        return made

    def is_there(self, uuid: UUID) -> bool:
        """Whether a site lives."""
        with psycopg.connect(self.server.dsn) as connection:
            return sites.find(connection, uuid) is not None


def new_domain() -> str:
    """A domain that nothing has."""
    return f"site-{next(_numbers)}.example"


@pytest.fixture(scope="module")
def stage(module_database: str) -> Iterator[Stage]:
    """One server, behind a proxy on this machine that is trusted."""
    with (
        served(module_database, trusted_proxies=("127.0.0.1",), remote_user="on") as server,
        httpx.Client(base_url=server.url, timeout=30) as client,
    ):
        with psycopg.connect(server.dsn) as connection:
            made = {
                "beep": keys.create(connection, Api.BEEP, Role.USER, "default"),
                "antics": keys.create(connection, Api.ANTICS, Role.USER, "default"),
                "platform": keys.create(connection, Api.PLATFORM, Role.USER, "default"),
                "tinylytics": keys.create(connection, Api.TINYLYTICS, Role.USER, "default"),
                "read_only": keys.create(connection, Api.TINYLYTICS, Role.USER, "default", access=Access.READ_ONLY),
                "tinytrail": keys.create(connection, Api.TINYTRAIL, Role.ADMIN, "default"),
                "stranger": keys.create(connection, Api.BEEP, Role.USER, "strangers"),
                "admin": keys.create(connection, Api.ANTICS, Role.ADMIN, "admins"),
            }
        yield Stage(server=server, client=client, keys=made)


@pytest.mark.parametrize("key", ["beep", "antics"])
def test_a_site_has_the_fields_of_both(stage: Stage, key: str) -> None:
    """As it is made and as it is listed, whichever API's key asks."""
    domain = new_domain()
    made = stage.ask("POST", "/api/sites", key, json={"domain": f" {domain.upper()} ", "name": " Shop "})
    assert (made.status_code, list(made.json())) == (
        200,
        ["id", "domain", "created_at", "name", "public", "folder_id"],
    )
    assert made.json() | {"id": 0, "created_at": ""} == {
        "id": 0,
        "domain": domain,
        "created_at": "",
        "name": "Shop",
        "public": False,
        "folder_id": None,
    }
    assert made.json() in stage.ask("GET", "/api/sites", "antics").json()
    assert made.json() in stage.ask("GET", "/api/sites", "beep").json()


def test_sites_of_all_apis_are_listed(stage: Stage) -> None:
    """In the order of their domains; others' are not there, but for an admin."""
    own, theirs = stage.make(domain="aaa.example"), stage.make("strangers", domain="bbb.example")
    listed = [site["domain"] for site in stage.ask("GET", "/api/sites").json()]
    assert listed == sorted(listed)
    assert (own.domain in listed, theirs.domain in listed) == (True, False)
    everything = [site["domain"] for site in stage.ask("GET", "/api/sites", "admin").json()]
    assert {own.domain, theirs.domain} <= set(everything)


@pytest.mark.parametrize("key", ["none", "platform", "tinylytics", "read_only", "tinytrail"])
@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("DELETE", "/1")])
def test_keys_of_other_apis_open_nothing(stage: Stage, key: str, method: str, path: str) -> None:
    """Nor does none; and nobody is told what is wrong with a body."""
    refused = stage.ask(method, f"/api/sites{path}", key, content=b"{")
    assert (refused.status_code, refused.json()) == (401, {"error": "unauthorized"})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "invalid json"),
        (b"[]", "invalid json"),
        (b'{"domain": 1}', "invalid json"),
        (b'{"domain": "a.example", "name": []}', "invalid json"),
        (b"{}", "domain required"),
        (b'{"domain": ""}', "domain required"),
        (b'{"domain": "not a domain"}', "domain must be a domain name"),
        (b'{"domain": "a_b.example"}', "domain must be a domain name"),
        (b'{"domain": "12345"}', "domain must not be a number"),
        (b'{"domain": "a.example", "name": "' + b"a" * 101 + b'"}', "name must be"),
        (b'{"domain": "a.example", "name": "a\\u0000"}', "name must not contain"),
    ],
)
def test_what_cannot_be_made(stage: Stage, body: bytes, says: str) -> None:
    """It is refused with what is wrong."""
    refused = stage.ask("POST", "/api/sites", content=body)
    assert (refused.status_code, says in refused.json()["error"]) == (400, True)


def test_a_domain_stands_for_one_site(stage: Stage) -> None:
    """The account's own, or another's that was made for it, is there already; one that others merely have is not."""
    taken = 409, {"error": "site already exists"}
    domain = stage.make().domain
    again = stage.ask("POST", "/api/sites", json={"domain": domain})
    assert (again.status_code, again.json()) == taken
    shared = stage.make("strangers").domain
    assert stage.ask("POST", "/api/sites", json={"domain": shared}).status_code == 200
    owned = stage.make("others", by_origin=True).domain
    refused = stage.ask("POST", "/api/sites", json={"domain": owned})
    assert (refused.status_code, refused.json()) == taken


@pytest.mark.parametrize("key", ["beep", "antics", "admin"])
@pytest.mark.parametrize("named", ["{site.id}", "{site.uuid}", "{site.domain}"])
def test_a_site_is_deleted_by_any_of_its_names(stage: Stage, key: str, named: str) -> None:
    """And gone at once."""
    site = stage.make()
    answer = stage.ask("DELETE", f"/api/sites/{named.format(site=site)}", key)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not stage.is_there(site.uuid)
    assert site.id not in [other["id"] for other in stage.ask("GET", "/api/sites", key).json()]


@pytest.mark.parametrize("named", ["{site.id}", "{site.uuid}", "{site.domain}"])
def test_what_others_own_stays(stage: Stage, named: str) -> None:
    """The answer is the one for what is not there."""
    site = stage.make("strangers")
    absent = stage.ask("DELETE", f"/api/sites/{'999999999999999999999' if named == '{site.id}' else 'gone.example'}")
    answer = stage.ask("DELETE", f"/api/sites/{named.format(site=site)}")
    assert (absent.status_code, absent.content) == (answer.status_code, answer.content)
    assert answer.status_code == (404 if named == "{site.id}" else 204)
    assert stage.is_there(site.uuid)


def test_of_sites_of_one_domain_an_admin_deletes_the_one_it_stands_for(stage: Stage) -> None:
    """Not the oldest, where another was made for it."""
    oldest = stage.make("strangers")
    heir = stage.make("others", domain=oldest.domain, by_origin=True)
    assert stage.ask("DELETE", f"/api/sites/{oldest.domain}", "admin").status_code == 204
    assert (stage.is_there(oldest.uuid), stage.is_there(heir.uuid)) == (True, False)


def test_whom_a_proxy_vouches_for(stage: Stage) -> None:
    """Sees the sites of the account `default`, but for those in folders of groups that are not the own."""
    free, hidden = stage.make(), stage.make()
    with psycopg.connect(stage.server.dsn) as connection:
        folder = folders.insert(connection, account_id=free.account_id, name="Clients", authelia_group="clients")
        sites.put_in_folder(connection, hidden.id, folder.id)

    def listed(groups: str) -> list[int]:
        headers = {"Remote-User": "ann", "Remote-Groups": groups, "X-Forwarded-For": "198.51.100.7"}
        return [site["id"] for site in stage.client.get("/api/sites", headers=headers).json()]

    assert (free.id in listed("staff"), hidden.id in listed("staff")) == (True, False)
    assert hidden.id in listed("staff,clients")
    headers = {"Remote-User": "ann", "X-Forwarded-For": "198.51.100.7"}
    assert stage.client.delete(f"/api/sites/{hidden.domain}", headers=headers).status_code == 204
    assert stage.is_there(hidden.uuid)


def test_a_deleted_account_makes_nothing(stage: Stage) -> None:
    """Though its key was believed a moment ago."""
    with psycopg.connect(stage.server.dsn) as connection:
        stage.keys["gone"] = keys.create(connection, Api.BEEP, Role.USER, "gone")
    assert stage.ask("GET", "/api/sites", "gone").status_code == 200
    with psycopg.connect(stage.server.dsn) as connection:
        accounts.delete(connection, accounts.ensure(connection, "gone"))
    refused = stage.ask("POST", "/api/sites", "gone", json={"domain": new_domain()})
    assert (refused.status_code, refused.json()) == (401, {"error": "unauthorized"})
