"""Events by column: what is told once, and columns that do not fit one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.events import Event
from streams.columns import columns, decode
from tests.streams.test_codec import VIEW

if TYPE_CHECKING:
    from streams.columns import Column

_ID: Final = Event._fields.index("event_id")
_PATH: Final = Event._fields.index("path")
_CITY: Final = Event._fields.index("city")
_STATUS: Final = Event._fields.index("status")


def _events(count: int) -> list[Event]:
    return [VIEW._replace(event_id=number) for number in range(count)]


def _read(made: list[Column]) -> tuple[Event, ...]:
    return decode(msgspec.msgpack.encode(made))


@given(
    st.lists(
        st.builds(
            VIEW._replace,
            event_id=st.integers(-(2**63), 2**63 - 1),
            traffic=st.integers(0, 1),
            path=st.sampled_from(["/", "/a", "/b"]),
            city=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3),
            status=st.integers(-1, 2),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_events_come_back_equal(events: list[Event]) -> None:
    """Whatever repeats in them, the events are the same and in the same order."""
    assert _read(columns(events)) == tuple(events)


def test_what_repeats_is_told_once() -> None:
    """A value of all is told once, some by their places, and many as they are; ids always are."""
    events = [VIEW._replace(event_id=7, path=f"/{number % 3}", status=number) for number in range(10)]
    made = columns(events)
    assert made[_ID] == ((7,) * 10, None)
    assert made[_CITY] == (("Berlin",), None)
    assert made[_PATH] == (("/0", "/1", "/2"), bytes([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]))
    assert made[_STATUS] == (tuple(range(10)), None)


@pytest.mark.parametrize("distinct", [256, 257])
def test_more_values_than_a_byte_tells_apart(distinct: int) -> None:
    """256 of them have places, one more has none; both come back."""
    events = [event._replace(path=f"/{number % distinct}") for number, event in enumerate(_events(1_000))]
    made = columns(events)
    assert (made[_PATH][1] is None) == (distinct > 256)
    assert _read(made) == tuple(events)


def test_equal_texts_are_one() -> None:
    """Events that are read share their texts: that is what columns are for."""
    first, *others = _read(columns([event._replace(path="/" + "long" * 9) for event in _events(20)]))
    assert all(event.path is first.path and event.city is first.city for event in others)


@pytest.mark.parametrize(
    "column",
    [
        ([], None),
        (["/a", "/b"], None),
        (["/a"] * 21, None),
        (["/a"], bytes(19)),
        (["/a"], bytes(21)),
        (["/a", "/b"], bytes([2] * 20)),
        ([], bytes(20)),
        (["/a"], "0" * 20),
    ],
    ids=repr,
)
def test_columns_that_do_not_fit_are_refused(column: tuple[Any, Any]) -> None:
    """A value or a place too few, too many or beyond the values is no message's."""
    made = columns(_events(20))
    with pytest.raises((InvalidInput, msgspec.DecodeError)):
        _read([*made[:_PATH], column, *made[_PATH + 1 :]])


def test_a_forged_number_of_events_makes_none() -> None:
    """How many there are is told by ids that are there, not by a number that would be believed."""
    made = columns(_events(20))
    with pytest.raises(InvalidInput):
        _read([*made[:_ID], ([1], bytes(10_000)), *made[_ID + 1 :]])
