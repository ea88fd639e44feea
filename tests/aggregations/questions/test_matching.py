"""Filters as expressions against the same filters in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregations.questions.matching import fits, in_groups, of_event
from core.filters import parse_filters
from core.globs import Glob, PathGroups
from core.sites import ContentGroup
from tests import filter_oracle
from tests.aggregations.questions.scenes import scene_of
from tests.cases import events_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_TEXT = st.text(st.sampled_from("ab/*.\\^$(+é😀\n\0 "), max_size=8)
_ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


def chosen(column: Iterable[str], expr: pl.Expr) -> list[str]:
    """The values of a column for which an expression holds."""
    return pl.Series("value", list(column), dtype=pl.String).to_frame().filter(expr)["value"].to_list()


@settings(max_examples=300, deadline=None)
@given(st.one_of(_TEXT, _ANY_TEXT.map("*{}*".format)), st.lists(st.one_of(_TEXT, _ANY_TEXT), max_size=8))
@example("é*é", ["é", "éé", "éxé"])
@example("a*a", ["a", "aa", "aba"])
@example("**", ["", "a"])
@example("*" * 1_024, ["", "a"])
@example("a*" * 512, ["a" * 511, "a" * 512, "ab" * 600])
def test_a_pattern_fits_what_a_glob_matches(pattern: str, values: list[str]) -> None:
    """Whatever is in the pattern and in the text; also the pattern itself, with something for its stars."""
    values = [*values, pattern, pattern.replace("*", ""), pattern.replace("*", "ü/\n"), f"{pattern}x"]
    glob = Glob(pattern)
    assert [value for value in values if glob.matches(value)] == chosen(values, fits(pl.col("value"), glob))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(("A", "B", "")), _TEXT), max_size=4),
    st.sampled_from(("A", "!A", "B", "", "!", "*", "!*B")),
    st.lists(_TEXT, max_size=8),
)
def test_a_group_is_that_of_the_first_pattern(groups: list[tuple[str, str]], text: str, paths: list[str]) -> None:
    """The name of a path's group passes a filter as the same name does in plain Python."""
    named = PathGroups(ContentGroup(name, pattern) for name, pattern in groups)
    (given_filter,) = parse_filters([("group", text)])
    paths = [*paths, *(pattern for _, pattern in groups)]
    expected = [path for path in paths if given_filter.matches(named.name_of(path) or "")]
    assert expected == chosen(paths, in_groups(pl.col("value"), given_filter, named))


@pytest.mark.parametrize(
    "key", ["plan", "a b", "a.b", "a'b", 'a"b', "a]b", "$", "@", "*", "0", "é", "\n", "?(1)", "[0]"]
)
def test_a_property_may_have_any_name(key: str) -> None:
    """Nothing in the name is special."""
    quoted = key.replace('"', '\\"').replace("\n", "\\n")
    event = events_of("+0:00 !buy")[0]._replace(properties=f'{{"0": "no", "{quoted}": "yes", "b": "no"}}')
    (given_filter,) = parse_filters([(f"property:{key}", "yes")])
    assert scene_of([event]).frames.events.filter(of_event(given_filter)).collect().height == 1


def test_the_oracle_reads_globs_as_core_does() -> None:
    """The two definitions in plain Python are one."""
    for pattern, text in (("a*", "a"), ("*b", "ab"), ("a*b*c", "abc"), ("a*b*c", "acb"), ("", ""), ("*", "x\ny")):
        assert filter_oracle.fits(pattern, text) == Glob(pattern).matches(text)
