"""Paths in their one form."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.paths import MAX_LENGTH, normalise_path, normalise_paths


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ("/a?x=1", "/a"),
        ("/a#top", "/a"),
        ("/a", "/a"),
        ("/a/", "/a/"),
        ("/A", "/A"),
        ("/caf%C3%A9", "/café"),
        ("/caf%c3%a9", "/café"),
        ("/café", "/café"),
        (normalize("NFD", "/café"), "/café"),
        ("/cafe%CC%81", "/café"),
        ("a", "/a"),
        ("", "/"),
        ("?x", "/"),
        ("/a%2Fb%3Fc%23d%25e", "/a%2Fb%3Fc%23d%25e"),
        ("/a%2fb", "/a%2Fb"),
        ("/%00%0A%7F%C2%85", "/%00%0A%7F%C2%85"),
        ("/%FF%C3x%C3%28", "/%FF%C3x%C3("),
        ("/%ED%A0%80", "/%ED%A0%80"),
        ("/100%", "/100%"),
        ("/%zz", "/%zz"),
        ("/a%20b+c", "/a b+c"),
        ("/%252F", "/%252F"),
        ("/" + "x" * 5_000, "/" + "x" * (MAX_LENGTH - 1)),
        ("//a//b", "//a//b"),
    ],
)
def test_paths(sent: str, path: str) -> None:
    """Cut at ? and #, decoded as far as that changes no meaning, in NFC, with a slash, at most 1,024 characters."""
    assert normalise_path(sent) == path


@given(st.text(st.sampled_from("/aé\u0301%25FfC3?#\x00 \u2126"), max_size=40) | st.text(max_size=2_000))
def test_twice_is_once(sent: str) -> None:
    """What is in its one form stays as it is, and is never longer than allowed."""
    once = normalise_path(sent)
    assert normalise_path(once) == once
    assert len(once) <= MAX_LENGTH
    assert once.startswith("/")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_escaped_or_not_is_the_same(text: str) -> None:
    """A path means the same whether its letters beyond ASCII were escaped or not."""
    escaped = "".join(
        letter if letter.isascii() or not letter.isprintable() else "".join(f"%{byte:02x}" for byte in letter.encode())
        for letter in text
    )
    assert normalise_path(escaped) == normalise_path(text)


@given(st.lists(st.sampled_from(["/a", "/b c", "a", "", "/a?x", "/a#x", "/%41", "/é", "/" + "x" * 2_000])))
def test_many_paths(texts: list[str]) -> None:
    """Each as it is by itself."""
    assert list(map(normalise_path, texts)) == normalise_paths(texts)
