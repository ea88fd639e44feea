"""What an owner may set."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from core.sites import ContentGroup, check_content_groups, check_domain, check_excluded_ips


@pytest.mark.parametrize(
    ("text", "domain"),
    [("Example.COM", "example.com"), (" a-b.example ", "a-b.example"), ("localhost", "localhost"), ("a", "a")],
)
def test_domains(text: str, domain: str) -> None:
    """Letters, digits, hyphens and dots are a domain, in lower case."""
    assert check_domain(text) == domain


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "a b", "https://a.com", "a.com/x", "a_b.com", "a..b", ".a", "a.", "-a", "a-", "12345", "é.com"),
        *("a\n.b", "a\0b", "x" * 256),
    ],
)
def test_no_domains(text: str) -> None:
    """Everything else is refused."""
    with pytest.raises(InvalidInput, match="domain"):
        check_domain(text)


def test_content_groups() -> None:
    """Names and patterns lose their outer blanks."""
    assert check_content_groups([(" Blog ", "/blog/*")]) == (ContentGroup("Blog", "/blog/*"),)


@pytest.mark.parametrize(
    ("groups", "place"),
    [
        ([("", "/a")], r"content_groups\[0\].name"),
        ([("a", "/a"), ("b", " ")], r"content_groups\[1\].pattern"),
        ([("a", "/\0")], r"content_groups\[0\].pattern"),
        ([("\ud800", "/a")], r"content_groups\[0\].name"),
        ([("x" * 101, "/a")], r"content_groups\[0\].name"),
        ([("a", "/a")] * 201, "at most 200"),
    ],
)
def test_no_content_groups(groups: list[tuple[str, str]], place: str) -> None:
    """The error names the group and the field."""
    with pytest.raises(InvalidInput, match=place):
        check_content_groups(groups)


def test_excluded_ips() -> None:
    """Addresses and networks of both versions are taken, others are refused by their place."""
    assert check_excluded_ips([" 192.0.2.1 ", "2001:db8::/32"]) == ("192.0.2.1", "2001:db8::/32")
    with pytest.raises(InvalidInput, match=r"excluded_ips\[1\]"):
        check_excluded_ips(["192.0.2.1", "192.0.2.x"])
    with pytest.raises(InvalidInput, match="at most"):
        check_excluded_ips(["192.0.2.1"] * 1_001)
