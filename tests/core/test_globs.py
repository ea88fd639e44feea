"""Patterns of paths."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.globs import Glob, PathGroups
from core.sites import ContentGroup

CASES = [
    ("/blog/*", "/blog/1", True),
    ("/blog/*", "/blog/a/b", True),
    ("/blog/*", "/blog/", True),
    ("/blog/*", "/blog", False),
    ("/blog/*", "/Blog/1", False),
    ("/blog/*", "x/blog/1", False),
    ("/blog", "/blog", True),
    ("/blog", "/blog/", False),
    ("*", "", True),
    ("*", "/anything\nat all", True),
    ("", "", True),
    ("", "/", False),
    ("a*a", "a", False),
    ("a*a", "aa", True),
    ("*ab*ab*", "ab", False),
    ("*ab*ab*", "abab", True),
    ("**", "/", True),
    ("/a.c?[x]\\", "/a.c?[x]\\", True),
    ("/a.c", "/abc", False),
    ("/%/_", "/x/y", False),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), CASES)
def test_only_the_star_is_special(pattern: str, text: str, expected: bool) -> None:  # noqa: FBT001 - a column
    """A pattern fits the whole text, its case included."""
    assert expected == Glob(pattern).matches(text)


@given(st.text("ab*", max_size=8), st.text("ab\n", max_size=10))
def test_a_glob_is_the_regular_expression_it_looks_like(pattern: str, text: str) -> None:
    """Going forward only finds what a search with backtracking finds."""
    regex = ".*".join(map(re.escape, pattern.split("*")))
    assert (re.fullmatch(regex, text, re.DOTALL) is not None) == Glob(pattern).matches(text)


def test_a_hostile_pattern_takes_no_time() -> None:
    """A pattern that sends a backtracking matcher astray is answered at once."""
    assert not Glob("*a" * 500 + "b").matches("a" * 1_024)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/blog/1", "Blog"), ("/blog/news/1", "Blog"), ("/news", "News"), ("/about", None)],
)
def test_the_first_group_that_fits_has_the_path(path: str, expected: str | None) -> None:
    """The order of the configuration decides."""
    groups = PathGroups(
        [ContentGroup("Blog", "/blog/*"), ContentGroup("News", "*news*"), ContentGroup("Blog", "/journal")]
    )
    assert expected == groups.name_of(path)
