"""The funnel dialog: what is open, what was saved, and what changed since."""

from __future__ import annotations

from uuid import UUID

import pytest
from babel import Locale

from api.dashboard.choices import View
from api.dashboard.dialogs import funnel
from api.dashboard.state import State
from core.definitions import Definition
from core.funnels import Steps

_ENGLISH = Locale("en")
_SAVED = [
    Definition(id=UUID(int=1), name="Buy", meaning=Steps(("/a", "/b")), created_at=0),
    Definition(id=UUID(int=2), name="Join", meaning=Steps(("/c", "joined")), created_at=0),
]


@pytest.mark.parametrize(
    ("state", "steps", "current", "changed"),
    [
        (State(view=View.FUNNEL), (), None, False),
        (State(view=View.FUNNEL, funnel="Join"), ("/c", "joined"), "Join", False),
        (State(view=View.FUNNEL, funnel="Join", steps=("/c",)), ("/c",), "Join", True),
        (State(view=View.FUNNEL, steps=("/c", "/d")), ("/c", "/d"), None, False),
        (State(view=View.FUNNEL, funnel="Gone"), (), None, False),
    ],
)
def test_what_is_open(state: State, steps: tuple[str, ...], current: str | None, changed: bool) -> None:  # noqa: FBT001 - a column of the table
    """The steps of the address, else those of the funnel that it names."""
    shown = funnel.shown(state, _SAVED, [], _ENGLISH)
    assert (steps, current, changed) == (
        tuple(field.text for field in shown.fields if field.text),
        shown.current and shown.current.name,
        shown.changed,
    )


def test_an_answer_in_words() -> None:
    """Bars on one scale; the sentence is of the first and the last step."""
    found = [("/a", 40_000), ("/b", 10_000), ("/c", 9_000)]
    first, second, third = funnel.answered(found, _ENGLISH)
    assert first[2:] == ("40,000", "100.00%", "", "")
    assert second[2:] == ("10,000", "25.00%", "25\u00a0%", "30,000")
    assert third[2:] == ("9,000", "22.50%", "90\u00a0%", "1,000")
    assert funnel.sentence(found, _ENGLISH) == "23\u00a0% of visits that came to /a finished."


@pytest.mark.parametrize(
    ("found", "expected"), [([], ""), ([("/a", 0), ("/b", 0)], "No visit came to /a in these days.")]
)
def test_an_answer_of_nothing(found: list[tuple[str, int]], expected: str) -> None:
    """It says so instead of dividing by it."""
    assert expected == funnel.sentence(found, _ENGLISH)


def test_saved_ones_are_links() -> None:
    """Each opens alone, without the steps that are open."""
    shown = funnel.shown(State(view=View.FUNNEL, steps=("/x",), funnel="Buy"), _SAVED, [], _ENGLISH)
    assert [(each.name, each.state.steps, each.current) for each in shown.saved] == [
        ("Buy", (), True),
        ("Join", (), False),
    ]
    assert (shown.new.funnel, shown.new.steps) == ("", ())
    assert None is shown.sheet
