"""The commands of the API's text, each as it stands there but for the server, the keys and the site's id."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx
import psycopg
import pytest

from core.accounts import Access, Api, Role
from storage import keys, sites
from tests.api.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMANDS: Final = (Path(__file__).parent / "golden" / "commands.txt").read_text().strip().split("\n\n")
#: What is answered to what creates something; all else is 200.
CREATED: Final = {"/api/v1/sites/456/hits": 201, "/api/v1/sites/456/kudos": 201}
_KUDO: Final = "pricing-kudo-1"


class Command:
    """A curl command."""

    def __init__(self, text: str) -> None:
        options = argparse.ArgumentParser()
        options.add_argument("url")
        options.add_argument("-X", dest="method", default="GET")
        options.add_argument("-H", dest="headers", action="append", default=[])
        options.add_argument("-d", dest="body")
        given = options.parse_args(shlex.split(text.replace("\\\n", " "))[1:])
        self.method: str = given.method
        self.url = httpx.URL(given.url)
        self.headers = dict(header.split(": ", 1) for header in given.headers)
        self.body: str | None = given.body


@pytest.fixture(scope="module")
def asked(module_database: str) -> Iterator[tuple[httpx.Client, int, dict[str, str]]]:
    """A client of a server, the id of a site, and the keys that the text calls by these words."""
    with served(module_database) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        with psycopg.connect(server.dsn) as connection:
            sites.configure(connection, server.site.uuid, {"content": True, "uptime": True})
            own = {
                "tly-ro-your-api-key": keys.create(
                    connection, Api.TINYLYTICS, Role.USER, "users", access=Access.READ_ONLY
                ),
                "tly-fa-your-api-key": keys.create(connection, Api.TINYLYTICS, Role.USER, "users"),
            }
        yield client, server.site.id, own


@pytest.mark.parametrize("text", COMMANDS, ids=[f"{n} {Command(text).url.path}" for n, text in enumerate(COMMANDS)])
def test_a_command_works(asked: tuple[httpx.Client, int, dict[str, str]], text: str) -> None:
    """It is answered with what was asked for."""
    client, site, own = asked
    command = Command(text)
    headers = {name: _with_key(value, own) for name, value in command.headers.items()}
    path = command.url.raw_path.decode().replace("/456", f"/{site}")
    if _KUDO in path or (command.body and _KUDO in command.body):
        is_there = client.get(f"/api/v1/sites/{site}/kudos?uid={_KUDO}", headers=headers).json()["kudos"]
        if is_there and command.method == "POST":
            client.delete(f"/api/v1/sites/{site}/kudos/{_KUDO}", headers=headers)
        elif not is_there and command.method == "DELETE":
            kudo = {"path": "/pricing", "custom_uid": _KUDO}
            client.post(f"/api/v1/sites/{site}/kudos", json=kudo, headers=headers)
    answer = client.request(command.method, path, headers=headers, content=command.body)
    expected = CREATED.get(command.url.path, 200) if command.method == "POST" else 200
    assert expected == answer.status_code, answer.text
    assert isinstance(answer.json(), dict)
    assert "error" not in answer.json()


def _with_key(value: str, own: dict[str, str]) -> str:
    for word, key in own.items():
        value = value.replace(word, key)
    return value
