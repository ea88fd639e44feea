"""The funnel builder: its steps as a form has them, and what visits made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from core.funnels import FEWEST, MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UP: Final = "up"
_DOWN: Final = "down"
_REMOVE: Final = "remove"


class Field(NamedTuple):
    """One step in the form. `number` counts from 1; what cannot be done with it is not offered."""

    number: int
    text: str
    up: bool
    down: bool
    remove: bool


class Bar(NamedTuple):
    """One step of the answer. Shares are parts of 1, None where there is nothing to be a part of."""

    number: int
    text: str
    visits: int
    of_first: float | None
    of_before: float | None  #: None of the first step too
    lost: int  #: visits of the step before that did not come here


def fields(steps: Sequence[str]) -> list[Field]:
    """The form's steps: those there are, and empty ones up to two, or one more to add as long as there may be more."""
    shown = max(FEWEST, min(len(steps) + 1, MOST))
    texts = [*steps, *[""] * (shown - len(steps))]
    last = len(steps) - 1
    return [
        Field(
            number=place + 1,
            text=text,
            up=0 < place <= last,
            down=place < last,
            remove=place <= last,
        )
        for place, text in enumerate(texts)
    ]


def edited(texts: Iterable[str], do: str = "") -> tuple[str, ...]:
    """The steps that a form was sent with after what its button says: `up:2`, `down:1`, `remove:3`, or nothing more.

    Steps without a text are left out, beyond ten too. What a button says of a step that is not there changes nothing.
    """
    given = [text.strip() for text in texts]
    verb, _, number = do.partition(":")
    place = int(number) - 1 if number.isascii() and number.isdigit() else -1
    if 0 <= place < len(given):
        other = {_UP: place - 1, _DOWN: place + 1}.get(verb, -1)
        if verb == _REMOVE:
            given[place] = ""
        elif 0 <= other < len(given):
            given[place], given[other] = given[other], given[place]
    return tuple(text for text in given if text)[:MOST]


def bars(steps: Sequence[tuple[str, int]]) -> list[Bar]:
    """What visits made of the steps, each (text, visits that took it after all before it)."""
    found: list[Bar] = []
    for place, (text, visits) in enumerate(steps):
        first, before = steps[0][1], steps[place - 1][1] if place else 0
        found.append(
            Bar(
                number=place + 1,
                text=text,
                visits=visits,
                of_first=visits / first if first else None,
                of_before=visits / before if before else None,
                lost=before - visits if place else 0,
            )
        )
    return found
