"""What the tests of the beep-analytics API share: a server, and tokens of two accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

from core.accounts import Api, Role
from storage import keys
from tests.api.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.served import Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Beep:
    """A served installation; `token` is of the account that has the site example.com, `stranger` of another."""

    server: Served
    client: httpx.Client
    token: str
    stranger: str

    def ask(self, method: str, path: str, *, token: str | None = None, **sent: object) -> httpx.Response:
        """Ask with a token, the account's own where none is given; '' is none at all."""
        own = self.token if token is None else token
        headers = {"Authorization": f"Bearer {own}"} if own else {}
        return self.client.request(method, path, headers=headers, **sent)  # type: ignore[arg-type]  # as httpx has it

    def execute(self, statement: str, *values: object) -> None:
        """Change the database behind the application's back."""
        with psycopg.connect(self.server.dsn) as connection:
            connection.execute(statement.encode(), values)


@pytest.fixture(scope="module")
def beep(module_database: str) -> Iterator[Beep]:
    """One for all tests of a module."""
    with served(module_database) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        with psycopg.connect(server.dsn) as connection:
            token, stranger = (keys.create(connection, Api.BEEP, Role.USER, who) for who in ("users", "strangers"))
        yield Beep(server=server, client=client, token=token, stranger=stranger)


@pytest.fixture
def ask(beep: Beep) -> Iterator[Beep]:
    """The same, with nothing of it ignored and no site but example.com afterwards."""
    yield beep
    beep.execute("DELETE FROM ignored_networks")
    beep.execute("UPDATE sites SET deleted_at = now() WHERE deleted_at IS NULL AND domain <> 'example.com'")
