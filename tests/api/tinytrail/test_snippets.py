"""What to paste into a website's pages, as the API tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.api.served import served
from tracker.builds import Extra
from tracker.snippet import snippet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.served import Served


@pytest.fixture(scope="module")
def server(module_database: str) -> Iterator[Served]:
    """One server for all tests."""
    with served(module_database) as running:
        yield running


def ask(server: Served, query: str = "") -> httpx.Response:
    """The answer for the user's site."""
    path = f"{server.url}/api/v1/websites/{server.site.uuid}/snippet{query}"
    return httpx.get(path, headers={"X-API-KEY": server.user_key})


@pytest.mark.parametrize(
    ("query", "extras"),
    [("", []), ("?extras=", []), ("?extras=vitals,%20forms", [Extra.FORMS, Extra.VITALS])],
)
def test_the_tags_of_a_site(server: Served, query: str, extras: list[Extra]) -> None:
    """By its id, with the address that was asked."""
    answer: dict[str, Any] = ask(server, query).json()
    assert answer == {"status": "success", "data": snippet(server.site.uuid, server.url, extras)._asdict()}


def test_what_is_pinned_is_served(server: Served) -> None:
    """The address of the pinned tag is one of this server."""
    tag = ask(server, "?extras=owner").json()["data"]["pinned"]
    address = tag.split('src="')[1].split('"')[0]
    assert httpx.get(address).headers["cache-control"] == "public, max-age=31536000, immutable"


def test_they_follow_the_settings(server: Served) -> None:
    """A site that counts in spite of a signal says so in its tag."""
    settings = f"{server.url}/api/v1/websites/{server.site.uuid}/settings"
    for honour, attribute in ((False, True), (True, False)):
        httpx.patch(settings, headers={"X-API-KEY": server.user_key}, json={"honour_gpc": honour}).raise_for_status()
        assert ('data-gpc="count"' in ask(server).json()["data"]["plain"]) is attribute


def test_what_is_no_extra(server: Served) -> None:
    """400 says which there are."""
    answer = ask(server, "?extras=forms,cookies")
    assert answer.status_code == 400
    assert "forms, owner, paths, vitals" in answer.json()["error"]["message"]


def test_the_public_address(postgres_database: str) -> None:
    """Where it is set, the tags have it."""
    with served(postgres_database, public_url="https://stats.example.com") as server:
        assert ask(server).json()["data"]["plain"] == snippet(server.site.uuid, "https://stats.example.com").plain
