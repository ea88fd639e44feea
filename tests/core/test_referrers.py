"""What is kept of referrers."""

from __future__ import annotations

import pytest

from core.referrers import NO_REFERRER, Referrer, is_own, parse_referrer


@pytest.mark.parametrize(
    ("text", "referrer"),
    [
        ("https://t.co/abc123", Referrer("t.co/abc123", "t.co")),
        ("https://www.Google.com/", Referrer("google.com", "google.com")),
        ("https://www.google.com/search?q=secret#x", Referrer("google.com/search", "google.com")),
        ("https://google.com?q=secret", Referrer("google.com", "google.com")),
        ("http://user@host.example:8080/p/", Referrer("host.example/p/", "host.example")),
        ("android-app://com.google.android.gm/", Referrer("com.google.android.gm", "com.google.android.gm")),
        (" https://a.example/ ", Referrer("a.example", "a.example")),
        ("about:blank", NO_REFERRER),
        ("word", NO_REFERRER),
        ("", NO_REFERRER),
    ],
)
def test_referrers(text: str, referrer: Referrer) -> None:
    """Host and path stay, query, fragment, user, port and www go; what is no address is none."""
    assert parse_referrer(text) == referrer


def test_referrers_are_bounded() -> None:
    """A referrer takes at most 1,024 characters."""
    assert len(parse_referrer("https://a.example/" + "x" * 5_000).text) == 1_024


@pytest.mark.parametrize(
    ("host", "own"),
    [("example.com", True), ("a.b.example.com", True), ("example.com.evil.org", False), ("myexample.com", False)],
)
def test_own_domain(host: str, own: bool) -> None:  # noqa: FBT001 - a column of the table
    """The site's domain and whatever is below it, by labels."""
    assert is_own(host, "www.example.com") is own
