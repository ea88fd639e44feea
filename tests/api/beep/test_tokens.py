"""`/api/tokens`: the first token, those after it, and the last one."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest

from api.dialects.beep import tokens
from core.accounts import Api, Role
from storage import keys, sites
from tests.api.served import served

if TYPE_CHECKING:
    from tests.api.beep.conftest import Beep
    from tests.api.served import Served


def generate(beep: Beep, token: str = "", **sent: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401 - as httpx has it
    """Ask for a token."""
    answer = beep.ask("POST", "/api/tokens/generate", token=token, **sent)
    return answer.status_code, answer.json()


@pytest.fixture
def none(beep: Beep) -> Beep:
    """No token there."""
    beep.execute("DELETE FROM api_keys WHERE api = 'beep'")
    return beep


REFUSED = 401, {"error": "unauthorized"}


@pytest.mark.parametrize("sent", ["", "a" * 64, "tt_no"])
def test_anybody_gets_the_first_token(none: Beep, sent: str) -> None:
    """And nobody the second, but for whoever has one. Keys of other APIs do not count."""
    status, made = generate(none, sent)
    assert (status, list(made)) == (200, ["token", "id"])
    assert re.fullmatch("[0-9a-f]{64}", made["token"])
    assert generate(none, sent) == REFUSED
    status, second = generate(none, made["token"])
    assert (status, second["id"] > made["id"]) == (200, True)
    listed = none.ask("GET", "/api/tokens", token=second["token"]).json()
    assert [(list(row), row["id"]) for row in listed] == [
        (["id", "created_at"], made["id"]),
        (["id", "created_at"], second["id"]),
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", listed[0]["created_at"])


def test_a_body_is_not_read(none: Beep) -> None:
    """Whatever is sent, a token is made."""
    assert generate(none, content=b"{")[0] == 200


def test_of_many_who_ask_at_once_one_gets_the_first(none: Beep) -> None:
    """Nobody slips in between the look and the making."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: generate(none), range(8)))
    assert sorted(status for status, _ in answers) == [200] + [401] * 7


def test_the_last_one_opens_the_door_again(none: Beep) -> None:
    """A revoked token opens nothing, at once; without any the next is anybody's."""
    _, made = generate(none)
    path = f"/api/tokens/{made['id']}"
    revoked = none.ask("DELETE", path, token=made["token"])
    assert (revoked.status_code, revoked.content) == (204, b"")
    assert none.ask("GET", "/api/tokens", token=made["token"]).status_code == 401
    status, again = generate(none)
    assert (status, again["id"] > made["id"]) == (200, True)


@pytest.mark.parametrize(
    ("number", "status", "says"),
    [
        ("abc", 400, "invalid token id"),
        ("1.5", 400, "invalid token id"),
        ("٣", 400, "invalid token id"),
        ("9223372036854775808", 400, "invalid token id"),
        ("1" * 5_000, 400, "invalid token id"),
        ("9223372036854775807", 404, "token not found"),
        ("-1", 404, "token not found"),
        ("0", 404, "token not found"),
    ],
)
def test_what_cannot_be_revoked(none: Beep, number: str, status: int, says: str) -> None:
    """What is no number, and numbers that no token has."""
    _, made = generate(none)
    refused = none.ask("DELETE", f"/api/tokens/{number}", token=made["token"])
    assert (refused.status_code, refused.json()) == (status, {"error": says})


def test_tokens_of_other_accounts_are_not_there(none: Beep) -> None:
    """They are neither listed nor revoked, except by an admin."""
    _, own = generate(none)
    with psycopg.connect(none.server.dsn) as connection:
        stranger = keys.create(connection, Api.BEEP, Role.USER, "strangers")
        admin = keys.create(connection, Api.BEEP, Role.ADMIN, "admins")
    (theirs,) = none.ask("GET", "/api/tokens", token=stranger).json()
    assert theirs["id"] != own["id"]
    assert none.ask("DELETE", f"/api/tokens/{own['id']}", token=stranger).status_code == 404
    assert len(none.ask("GET", "/api/tokens", token=admin).json()) == 3
    assert none.ask("DELETE", f"/api/tokens/{own['id']}", token=admin).status_code == 204


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log warned of concerning tokens."""
    found = [text for name, level, text in caplog.record_tuples if name == tokens.__name__ and level == logging.WARNING]
    caplog.clear()
    return found


def renamed(server: Served) -> None:
    """Another server of the database makes its own site of this domain."""
    with psycopg.connect(server.dsn) as connection:
        sites.update(connection, server.site.uuid, account_id=None, domain=f"{server.site.uuid}.example")


def test_the_door_can_be_closed(postgres_database: str, caplog: pytest.LogCaptureFixture) -> None:
    """By a setting; as long as it is open, one line in the log warns of it at start."""
    with served(postgres_database) as server:
        (warning,) = warnings(caplog)
        assert ("\n" in warning, "FOOTFALL_BEEP_BOOTSTRAP=off" in warning) == (False, True)
        renamed(server)
    with served(postgres_database, beep_bootstrap="off") as server:
        refused = httpx.post(f"{server.url}/api/tokens/generate")
        assert (refused.status_code, refused.json()) == REFUSED
        assert warnings(caplog) == []
        renamed(server)
    with psycopg.connect(postgres_database) as connection:
        keys.create(connection, Api.BEEP, Role.USER, "users")
    with served(postgres_database):
        assert warnings(caplog) == []
