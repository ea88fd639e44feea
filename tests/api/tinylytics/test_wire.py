"""The shapes of the API's things, where they are not those of an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.dialects.tinylytics import wire
from tests.cases import event_at

if TYPE_CHECKING:
    from core.events import Event

_VIEW = event_at(1_771_063_199_999, 1)._replace(query="", hostname="www.example.com")


@pytest.mark.parametrize(
    ("event", "url"),
    [
        (_VIEW._replace(path="/a"), "https://www.example.com/a"),
        (_VIEW._replace(path="/a", query="b=1&c"), "https://www.example.com/a?b=1&c"),
        (_VIEW._replace(path="/a", hostname=""), "https://example.com/a"),
        (_VIEW._replace(path="/café x/%2F"), "https://www.example.com/caf%C3%A9%20x/%2F"),
        (_VIEW._replace(path="/a:b@c,d;e=(f)"), "https://www.example.com/a:b@c,d;e=(f)"),
    ],
)
def test_the_address_of_a_hit(event: Event, url: str) -> None:
    """It can be opened, whatever the path is made of and whether or not the host is known."""
    assert url == wire.hit(event, "example.com")["url"]


@pytest.mark.parametrize(("device", "expected"), [("mobile", True), ("tablet", False), ("desktop", False), ("", False)])
def test_phones(device: str, expected: object) -> None:
    """Nothing else is mobile."""
    assert expected == wire.hit(_VIEW._replace(device=device), "")["is_mobile"]


def test_hashes() -> None:
    """One of a visitor, one of visitor and page; none where there is nobody."""
    assert (wire.visitor_hash(-1), wire.visitor_hash(1), wire.visitor_hash(0)) == ("f" * 16, "0" * 15 + "1", None)
    pages = {wire.unique_hash(visitor, path) for visitor in (1, 2) for path in ("/a", "/b")}
    assert [len(page or "") for page in pages] == [12] * 4
    assert wire.unique_hash(0, "/a") is None


def test_times_are_cut_to_the_second() -> None:
    """The same second in every list."""
    assert wire.hit(_VIEW, "")["created_at"] == "2026-02-14T09:59:59Z"
