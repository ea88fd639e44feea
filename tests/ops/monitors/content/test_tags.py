"""Start tags of pages, good and bad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.monitors.content.tags import Tag, start_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

A: Final = ("a",)
#: Enough for what takes quadratic time, or builds a tree of many millions of elements, to be noticed.
MANY: Final = 200_000


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<A HREF="/x?a=1&copy=2&amp;b=3" Title>', {"href": "/x?a=1&copy=2&b=3", "title": ""}),
        ("<a href = '/x>y' href=/second>", {"href": "/x>y"}),
        ("<a/href=/x/>", {"href": "/x/"}),
        ("<a\nhref=/x\ttag=mine>", {"href": "/x"}),
        ('<a title="a" b\' href=/x>', {"title": "a", "b'": "", "href": "/x"}),
    ],
)
def test_attributes_are_read_as_browsers_do(html: str, expected: Mapping[str, str]) -> None:
    """With escapes, quotes and slashes."""
    assert [Tag("a", expected)] == start_tags(html, A)


@pytest.mark.parametrize(
    "html",
    [
        "<!-- <a href=/x> -->",
        "<!--><!-- <a> --><!x <a><?y <a>",
        "<script>'<a href=/x>'</script>",
        "<style><a></styled><a></STYLE >",
        "<textarea><a></textarea><title><a></title>",
        "<template><a><template><a></template><a></template>",
        "</a href=/x>",
        "<abbr><b>< a>",
        "<a href='/x>",
        "<!-- <a href=/x>",
        "<script><a href=/x>",
        '<p title="<a href=/x>">',
    ],
)
def test_what_is_no_tag_is_none(html: str) -> None:
    """Comments, scripts, templates, ends of tags, other names, and what has no end."""
    assert start_tags(html, A) == []


def test_tags_come_as_they_stand() -> None:
    """Behind comments and texts, and after a template."""
    html = "</template><a id=1><!-- x --><b><A id=2><script>x</script><a id=3><template></template><!---><a id=4>"
    assert [tag.attributes["id"] for tag in start_tags(html, A)] == ["1", "2", "3", "4"]


@given(st.lists(st.sampled_from([*"<>/!-='\" aA&;\0", "<a ", "</", "<!--", "-->", "href", "<script>", "template"])))
def test_any_text_is_read(pieces: list[str]) -> None:
    """There are at most as many tags as it says, and their names are those asked for."""
    html = "".join(pieces)
    found = start_tags(html, A)
    assert len(found) <= html.lower().count("<a")
    assert {tag.name for tag in found} <= {"a"}


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * MANY,
        "".join(f"<b id={number}>" for number in range(MANY // 10)) + "<p>" * MANY,
        "<a " * MANY,
        "<!--" * MANY,
        "<a =\"'" * MANY,
        "<script>" * MANY,
        "<a></b>" * MANY,
        "<table><td>" * MANY,
    ],
    ids=["deep", "formatting", "open", "comments", "quotes", "scripts", "ends", "tables"],
)
def test_hostile_pages_take_no_longer_than_others(html: str) -> None:
    """They are read at all: a browser's way would take hours or all memory for some."""
    assert len(start_tags(html, ("img",))) == 0
