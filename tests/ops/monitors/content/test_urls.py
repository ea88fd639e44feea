"""Addresses in their one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.monitors.content.urls import MAX_LENGTH, Scope, canonical

BASE = "https://example.com/d/e?x"
PIECES = st.lists(
    st.sampled_from(
        [
            *"/?#%&=+;:@.\\ \t\n[]{}|^`~<>\"'()*!$,-_aZ0",
            *("..", "//", "http:", "https://", "example.com", "www.", "127.0.0.1", "[::1]", ":80", ":443"),
            *("%2e", "%2F", "%zz", "ü", "例", "🙂", "\ud800", "\0", "xn--"),
        ]
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTP://Example.COM:80/a/../b?", "http://example.com/b"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("//other.example", "https://other.example/"),
        ("../../..", "https://example.com/"),
        ("?y", "https://example.com/d/e?y"),
        ("#top", BASE),
        ("", BASE),
        ("  g h\n", "https://example.com/d/g%20h"),
        ("\\\\other.example\\p?q\\r", "https://other.example/p?q%5Cr"),
        ("/%7euser/%2f/%zz", "https://example.com/~user/%2F/%25zz"),
        ("http://müller.example/ü", "http://xn--mller-kva.example/%C3%BC"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("mailto:me@example.com", None),
        (" java\nscript:alert(1)", None),
        ("data:image/png;base64,AAAA", None),
        ("http://me:secret@example.com/", None),
        ("http://example.com:99999/", None),
        ("http://exa mple.com/", None),
        ("http:///x", None),
        ("http:g", None),
        ("/" + "x" * MAX_LENGTH, None),
        ("/" + "ü" * (MAX_LENGTH // 2), None),
    ],
)
def test_addresses_have_one_form(text: str, expected: str | None) -> None:
    """As browsers read them, where they can be asked at all."""
    assert expected == canonical(text, BASE)


@given(PIECES | st.text(max_size=60))
def test_the_one_form_is_its_own(text: str) -> None:
    """Whatever a page has for an address, it is none or has a form that stays."""
    for base in ("", BASE):
        found = canonical(text, base)
        if found is not None:
            assert found == canonical(found)
            assert found == canonical(found, "http://else.example/")
            assert found.isascii()
            assert "#" not in found
            assert len(found) <= MAX_LENGTH


@given(PIECES)
def test_what_is_relative_stays_within_the_host(text: str) -> None:
    """Links below the page's folder belong to the site, whatever is in them."""
    found = canonical(f"./x{text}", "https://example.com/blog/")
    if found is not None:
        assert Scope.of("https://example.com/").contains(found)


@pytest.mark.parametrize(
    ("root", "inside", "own", "outside"),
    [
        (
            "https://example.com/blog",
            ["https://example.com/blog", "http://www.example.com/blog/a?b", "https://example.com/blog/"],
            ["https://example.com/", "https://example.com/blogger", "https://example.com/Blog"],
            ["https://example.com:8443/blog", "https://blog.example.com/blog", "https://example.org/blog"],
        ),
        (
            "http://www.example.com:8080/docs/index.html",
            ["http://example.com:8080/docs/", "https://example.com:8080/docs/a.html"],
            ["http://example.com:8080/"],
            ["http://example.com/docs/"],
        ),
        ("https://example.com/", ["https://example.com/any"], [], ["https://example.com.evil.example/"]),
    ],
)
def test_what_belongs_to_a_site(root: str, inside: list[str], own: list[str], outside: list[str]) -> None:
    """A host with its usual ports or its own one, with or without www; and of it what is below a path."""
    scope = Scope.of(root)
    assert scope.contains(root)
    assert inside == [url for url in inside if scope.contains(url) and scope.is_own(url)]
    assert own == [url for url in own if scope.is_own(url) and not scope.contains(url)]
    assert outside == [url for url in outside if not scope.is_own(url) and not scope.contains(url)]
