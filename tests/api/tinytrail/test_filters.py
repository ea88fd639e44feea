"""Filters as they stand in an address of this API."""

from __future__ import annotations

import pytest

from api.dialects.tinytrail.filters import filters, without_filters
from core.errors import InvalidInput
from core.filters import Choice, Filter, FilterDimension


def test_filters_are_among_the_parameters() -> None:
    """In any order, the same one again; others are not theirs."""
    found = filters(
        [
            ("website_id", "x"),
            ("filter[country]", "DE"),
            ("filter[property:a]b]", "!1"),
            ("filters", "no"),
            ("filter[country]", "AT"),
            ("filter[source]", ""),
        ]
    )
    assert found == (
        Filter(dimension=FilterDimension.COUNTRY, choices=(Choice("DE"), Choice("AT"))),
        Filter(dimension=FilterDimension.PROPERTY, key="a]b", choices=(Choice("1"),), negated=True),
        Filter(dimension=FilterDimension.SOURCE, choices=(Choice(""),)),
    )


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("Referral", ["Referral", "AI Assistant"]),
        ("!Referral", ["Direct"]),
        ("Ref*", ["Referral", "AI Assistant"]),
        ("!Ref*", ["Direct"]),
        ("AI Assistant", ["AI Assistant"]),
        ("Direct", ["Direct"]),
        ("!Direct", ["Referral", "AI Assistant"]),
    ],
)
def test_assistants_are_referrals(text: str, chosen: list[str]) -> None:
    """As in this API's lists; by their own name they can be told apart."""
    (found,) = filters([("filter[channel]", text)])
    assert chosen == [channel for channel in ("Direct", "Referral", "AI Assistant") if found.matches(channel)]


def test_only_channels_have_assistants() -> None:
    """A campaign may be called like a channel."""
    (found,) = filters([("filter[utm_source]", "Referral")])
    assert found.choices == (Choice("Referral"),)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("filter[colour]", "filter[colour]: there is no such dimension; there are page, group, entry"),
        ("filter", "filter: a filter is sent as filter[DIMENSION]=VALUE"),
        ("filter[country", "filter[country: a filter is sent as filter[DIMENSION]=VALUE"),
        ("filter[]", "filter[]: there is no such dimension"),
    ],
)
def test_what_is_no_filter_is_told(name: str, message: str) -> None:
    """By the name that was sent."""
    with pytest.raises(InvalidInput) as raised:
        filters([(name, "x")])
    assert message in str(raised.value)


def test_a_report_may_have_none() -> None:
    """Then one is refused, rather than passed over."""
    without_filters([("website_id", "x"), ("filters", "y")], report="realtime")
    with pytest.raises(InvalidInput, match=r"filter\[country\]: the report realtime has no filters"):
        without_filters([("filter[country]", "DE")], report="realtime")
