"""Addresses with a slash too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.beep.conftest import Beep


@pytest.mark.parametrize(
    ("method", "asked", "location"),
    [
        ("GET", "/api/sites", "/api/sites"),
        ("POST", "/api/tokens/generate", "/api/tokens/generate"),
        ("DELETE", "/api/ignore/10.0.0.0/8", "/api/ignore/10.0.0.0/8"),
        ("GET", "/api/stats?last=7d&site=a%26b", "/api/stats?last=7d&site=a%26b"),
        ("GET", "/api/a%3Fb%20c", "/api/a%3Fb%20c"),
        ("GET", "/api//elsewhere.example", "/api//elsewhere.example"),
    ],
)
def test_two_slashes_lead_to_one(beep: Beep, method: str, asked: str, location: str) -> None:
    """The client joins its server's address and a path: with `--server http://host/` it asks for `//api/sites`."""
    answer = beep.client.request(method, f"{beep.server.url}/{asked}")
    assert (answer.status_code, answer.headers.get("location")) == (307, location)


def test_what_was_sent_arrives(ask: Beep) -> None:
    """A client that follows sends token and body again."""
    added = ask.ask("POST", f"{ask.server.url}//api/ignore", json={"ip": "192.0.2.1"}, follow_redirects=True)
    assert added.status_code == 201
    assert ask.ask("GET", f"{ask.server.url}//api/ignore", follow_redirects=True).json() == ["192.0.2.1"]
