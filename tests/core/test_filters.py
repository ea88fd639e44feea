"""Filters, as they are written in an address and as they choose."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.events import TrafficClass
from core.filters import (
    MAX_VALUES,
    OF_VISITS,
    About,
    Choice,
    Filter,
    FilterDimension,
    classes_of,
    parse_filters,
    write_filters,
)

_D = FilterDimension
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_BOTH = (TrafficClass.HUMAN, TrafficClass.BOT)

#: (value as it is written, values that pass, values that do not)
CASES: Final[tuple[tuple[str, list[str], list[str]], ...]] = (
    ("DE", ["DE"], ["", "de", "DE ", "DEU"]),
    ("!DE", ["", "FR"], ["DE"]),
    ("/blog/*", ["/blog/", "/blog/a", "/blog/a/b"], ["/blog", "/a/blog/", "/Blog/a"]),
    ("!/blog/*", ["/blog", "/"], ["/blog/a"]),
    ("*", ["", "anything"], []),
    ("", [""], ["a"]),
    ("!", ["a"], [""]),
    ("\\a*b", ["a*b"], ["ab", "axb", "\\a*b"]),
    ("!\\a*b", ["axb"], ["a*b"]),
    ("\\!a", ["!a"], ["a"]),
    ("!!a", ["a"], ["!a"]),
    ("\\\\a", ["\\a"], ["a"]),
    ("a.c", ["a.c"], ["abc"]),
    ("a*\n", ["a\n", "ab\n"], ["a", "ab"]),
)


@pytest.mark.parametrize(("written", "chosen", "left"), CASES)
def test_a_value_means_the_same_everywhere(written: str, chosen: list[str], left: list[str]) -> None:
    """What is written chooses these values and leaves those."""
    (found,) = parse_filters([("source", written)])
    assert [value for value in [*chosen, *left] if found.matches(value)] == chosen


@pytest.mark.parametrize(
    ("written", "chosen", "left"),
    [
        ("/caf%C3%A9?x=1", ["/café"], ["/caf%C3%A9"]),
        ("pricing", ["/pricing"], ["pricing"]),
        ("*/cafe\u0301", ["/a/café", "/café"], ["/café/a"]),
        ("!blog/*", ["/"], ["/blog/a"]),
        ("", [""], ["/"]),
    ],
)
def test_paths_are_brought_to_their_form(written: str, chosen: list[str], left: list[str]) -> None:
    """A path may be written in any way that a browser might send it; a pattern may begin anywhere."""
    for dimension in ("page", "entry", "exit"):
        (found,) = parse_filters([(dimension, written)])
        assert chosen == [value for value in [*chosen, *left] if found.matches(value)]


@pytest.mark.parametrize("written", ["", "unknown", "unk*"])
def test_what_is_not_known_has_two_names(written: str) -> None:
    """Reports show no browser as `unknown`, so either chooses it; of other dimensions the word is only a word."""
    (browser, source) = parse_filters([("browser", written), ("source", written)])
    assert (browser.matches(""), browser.matches("unknown"), browser.matches("Firefox")) == (True, True, False)
    assert source.matches("") == (written == "")


def test_values_of_a_dimension_are_any_of_and_none_of() -> None:
    """The same dimension again adds values; what is chosen and what is not are two filters, both to be met."""
    found = parse_filters([("country", "DE"), ("country", "!RU"), ("country", "FR"), ("country", "!CN")])
    assert found == (
        Filter(dimension=_D.COUNTRY, choices=(Choice("DE"), Choice("FR"))),
        Filter(dimension=_D.COUNTRY, choices=(Choice("RU"), Choice("CN")), negated=True),
    )


def test_every_dimension_looks_at_something() -> None:
    """A dimension looks at a visit's columns, or is one of those that look elsewhere."""
    elsewhere = {each for each in _D if Filter(dimension=each, choices=()).about is not About.VISIT}
    assert elsewhere == set(_D) - set(OF_VISITS)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("colour", "red", "filter[colour]: there is no such dimension; there are page, group"),
        ("property", "x", "filter[property]: there is no such dimension"),
        ("property:", "x", "filter[property:]: there is no such dimension"),
        ("property:a\\b", "a", "a property with a backslash in its name cannot be filtered by"),
        ("page", "a\0", "filter[page] must not contain U+0000"),
        ("property:\0", "a", "must not contain U+0000"),
        ("page", "a" * 1_025, "filter[page] must be at most 1024 characters"),
        ("traffic", "all", "filter[traffic] must be one of human, bot"),
        ("traffic", "*", "filter[traffic] must be one of human, bot"),
    ],
)
def test_what_cannot_be_a_filter_is_told(name: str, text: str, message: str) -> None:
    """The error names the filter and says what can be sent."""
    with pytest.raises(InvalidInput) as raised:
        parse_filters([(name, text)])
    assert message in str(raised.value)


def test_too_many_values_are_refused() -> None:
    """All filters together have a bounded number of values."""
    with pytest.raises(InvalidInput, match=f"at most {MAX_VALUES} values"):
        parse_filters([("page", f"/{number}") for number in range(MAX_VALUES + 1)])


@pytest.mark.parametrize(
    ("given_filters", "expected"),
    [
        ([], (TrafficClass.HUMAN,)),
        ([("traffic", "bot")], (TrafficClass.BOT,)),
        ([("traffic", "!bot")], (TrafficClass.HUMAN,)),
        ([("traffic", "bot"), ("traffic", "human")], _BOTH),
        ([("traffic", "bot"), ("traffic", "!bot")], ()),
    ],
)
def test_traffic_chooses_classes(given_filters: list[tuple[str, str]], expected: tuple[TrafficClass, ...]) -> None:
    """A filter on traffic says which classes count; without one the question's own do."""
    assert classes_of(parse_filters(given_filters), (TrafficClass.HUMAN,)) == expected


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*(each.value for each in _D if each not in {_D.PROPERTY, _D.TRAFFIC}), "property:plan"]),
            st.one_of(_TEXT, _TEXT.map("!{}".format), _TEXT.map("\\{}".format), _TEXT.map("{}*".format)),
        ),
        max_size=6,
    )
)
def test_filters_that_are_written_are_read_as_the_same(pairs: list[tuple[str, str]]) -> None:
    """Writing filters and reading them again changes nothing."""
    found = parse_filters(pairs)
    assert parse_filters(write_filters(found)) == found
