"""Values of several columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dimensions import NUMBERS, OF_HITS, OF_SESSIONS, Dimension, columns_of, value_of
from core.events import Event
from core.sessions import NAMING_COLUMNS

_TEXTS = st.text("a\\t\tn", max_size=6)


def test_every_dimension_is_of_columns_that_there_are() -> None:
    """Each of a session, some of a hit too, and of columns that those have; each has a number of its own."""
    assert set(Dimension) == {*OF_SESSIONS} == {*NUMBERS}
    assert len(NUMBERS) == len(set(NUMBERS.values()))
    assert {*OF_HITS} <= {*OF_SESSIONS}
    assert {name for columns in OF_SESSIONS.values() for name in columns} == set(NAMING_COLUMNS)
    assert {name for columns in OF_HITS.values() for name in columns} <= set(Event._fields)


@given(st.tuples(_TEXTS, _TEXTS, _TEXTS))
def test_columns_come_back(columns: tuple[str, str, str]) -> None:
    """Whatever is in them, so no two triples are one value."""
    assert columns == columns_of(Dimension.UTM, value_of(columns))


@given(_TEXTS)
def test_one_column_is_its_value(text: str) -> None:
    """Nothing is escaped where nothing is put together."""
    assert text == value_of((text,))
    assert columns_of(Dimension.HOSTNAME, text) == (text,)


@pytest.mark.parametrize(
    ("columns", "value"),
    [
        (("twitter", "social", "launch"), "twitter\tsocial\tlaunch"),
        (("", "", ""), "\t\t"),
        (("a\tb", "\\t", "\\"), "a\\tb\t\\\\t\t\\\\"),
    ],
)
def test_a_campaign_is_a_line(columns: tuple[str, ...], value: str) -> None:
    """As it stands in the table."""
    assert value == value_of(columns)
