"""What a robots.txt lets us read."""

from __future__ import annotations

import pytest

from ops.monitors.content.robots import Rules

URL = "https://example.com"


@pytest.mark.parametrize(
    ("text", "allowed", "refused"),
    [
        ("", ["/"], []),
        ("User-agent: *\nDisallow:", ["/"], []),
        ("User-agent: *\nDisallow: /\nAllow: /blog/$", ["/blog/"], ["/", "/blog/x"]),
        ("User-agent: *\nDisallow: /*?print=", ["/a?b=1"], ["/a?print=1"]),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Footfall\nDisallow: /a", ["/b"], ["/a"]),
        ("User-agent: Otherbot\nDisallow: /", ["/"], []),
        ("\ufeff<html>no rules at all", ["/"], []),
    ],
)
def test_what_may_be_read(text: str, allowed: list[str], refused: list[str]) -> None:
    """By the group of our name, else by that of all; the longest rule counts."""
    rules = Rules(text)
    assert allowed == [path for path in [*allowed, *refused] if rules.allow(URL + path)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0.0), ("User-agent: *\nCrawl-delay: 2.5", 2.5), ("User-agent: *\nCrawl-delay: 86400", 10.0)]
    + [(f"User-agent: *\nCrawl-delay: {odd}", 0.0) for odd in ("-1", "soon", "nan")],
)
def test_how_long_to_wait(text: str, expected: float) -> None:
    """As it asks, within bounds."""
    assert expected == Rules(text).pause
