"""The form of a filter: what it means, and what it shows."""

from __future__ import annotations

import pytest

from api.dashboard.dialogs.draft import Draft, about, draft_of, filter_of, found_in, sent
from api.dashboard.phrases import How, how_of, phrase
from core.errors import InvalidInput
from core.filters import FilterDimension, parse_filters, write_filters

_F = FilterDimension


def _spell(dimension: FilterDimension, value: str) -> str:
    return {(_F.SOURCE, ""): "Direct", (_F.COUNTRY, "DE"): "Germany"}.get((dimension, value), value)


def _read(dimension: FilterDimension, text: str) -> str:
    return {(_F.SOURCE, "Direct"): "", (_F.COUNTRY, "Germany"): "DE"}.get((dimension, text), text)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft(texts=("/pricing",)), [("page", "/pricing")]),
        (Draft(texts=("pricing?x=1",)), [("page", "/pricing")]),
        (Draft(texts=("/a*b",)), [("page", "\\/a*b")]),
        (Draft(how=How.MATCHES, texts=("/a*b", "/c")), [("page", "/a*b"), ("page", "/c")]),
        (Draft(how=How.MATCHES_NOT, texts=("/blog/*",)), [("page", "!/blog/*")]),
        (
            Draft(dimension=_F.COUNTRY, how=How.IS_NOT, texts=("Germany", "FR")),
            [("country", "!DE"), ("country", "!FR")],
        ),
        (Draft(dimension=_F.SOURCE, texts=("Direct",)), [("source", "")]),
        (Draft(dimension=_F.SOURCE, how=How.IS_NOT, texts=("Direct",)), [("source", "!")]),
        (Draft(dimension=_F.EVENT, texts=("!sale",)), [("event", "\\!sale")]),
        (Draft(dimension=_F.PROPERTY, key="plan", texts=("pro",)), [("property:plan", "pro")]),
    ],
)
def test_a_form_means_a_filter(draft: Draft, expected: list[tuple[str, str]]) -> None:
    """It is the filter that an address would say, and its own form is the same filter again."""
    made = filter_of(draft, _read)
    assert made is not None
    again = filter_of(draft_of(made, _spell), _read)
    assert (expected, made) == (write_filters([made]), again)


def test_a_form_without_a_value_means_none() -> None:
    """Nothing was typed, or blanks alone."""
    assert (filter_of(Draft(), _read), filter_of(sent([("value", "  ")]), _read)) == (None, None)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft(dimension=_F.PROPERTY, texts=("pro",)), "The property needs a name, such as plan"),
        (Draft(how=How.MATCHES, texts=("!a*",)), "A pattern must not begin with an exclamation mark"),
        (Draft(dimension=_F.TRAFFIC, texts=("cars",)), "Traffic must be one of human, bot"),
        (Draft(texts=("/a\0",)), "Page must not contain U+0000 or half a surrogate pair"),
    ],
)
def test_what_cannot_be_is_said(draft: Draft, expected: str) -> None:
    """In the words of the form."""
    with pytest.raises(InvalidInput) as raised:
        filter_of(draft, _read)
    assert expected == str(raised.value)


def test_a_form_is_read_as_it_was_sent() -> None:
    """Values in their order without blanks around them; words that are none are as good as none."""
    pairs = [("dimension", "country"), ("how", "not"), ("value", " DE "), ("value", ""), ("value", "FR"), ("x", "y")]
    assert (
        Draft(dimension=_F.COUNTRY, how=How.IS_NOT, texts=("DE", "FR")),
        Draft(texts=("/a",)),
    ) == (sent(pairs), sent([("dimension", "moon"), ("how", "maybe"), ("value", "/a")]))


def test_a_form_has_a_field_for_another_value() -> None:
    """Also an empty one."""
    assert (Draft().fields, Draft(texts=("/a",)).fields) == (("",), ("/a", ""))


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("country", "!RU")], "Country is not RU"),
        ([("country", "DE"), ("country", "FR")], "Country is Germany or FR"),
        ([("page", letter) for letter in "abcde"], "Page is /a, /b or 3 more"),
        ([("page", letter) for letter in "abc"], "Page is /a, /b or /c"),
        ([("page", "/blog/*")], "Page matches /blog/*"),
        ([("page", "!/blog/*")], "Page does not match /blog/*"),
        ([("source", "")], "Source is Direct"),
        ([("property:plan", "pro")], "Property plan is pro"),
    ],
)
def test_a_filter_in_words(pairs: list[tuple[str, str]], expected: str) -> None:
    """As a chip says it."""
    (given,) = parse_filters(pairs)
    assert expected == str(phrase(given, _spell))


def test_a_dialog_finds_its_filter() -> None:
    """What chooses and what leaves out are two."""
    filters = parse_filters([("country", "DE"), ("country", "!FR"), ("property:plan", "!pro")])
    assert (["country", "!country", "!property:plan"], [*filters, None]) == (
        [about(each) for each in filters],
        [found_in(filters, of) for of in ("country", "!country", "!property:plan", "page")],
    )


def test_a_pattern_among_values_makes_a_pattern_of_all() -> None:
    """The form has one word for all values."""
    (given,) = parse_filters([("page", "/a"), ("page", "/b*")])
    assert (how_of(given), draft_of(given, _spell).texts) == (How.MATCHES, ("/a", "/b*"))
