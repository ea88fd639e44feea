"""Conversions: of the visits that began in a range, those that reach a goal, in all and by the rows of reports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from aggregations.archive.reading import Columns
from aggregations.questions import goals
from core.channels import without_assistants
from core.dimensions import OF_SESSIONS, Dimension
from core.metrics import rounded
from core.screens import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from aggregations.questions.choosing import Chosen
    from core.steps import Step


class Place(Enum):
    """What conversions are told apart by that is no dimension of visits."""

    PAGE = "path"  #: each page that a visit saw
    EVENT = "name"  #: each custom event that happened in it
    ENTRY = "entry_path"
    EXIT = "exit_path"


By: TypeAlias = Dimension | Place
_SEEN: Final = frozenset({Place.PAGE, Place.EVENT})
#: Reports call what is not known of these by a name.
_NAMED: Final = frozenset({Dimension.DEVICE, Dimension.BROWSER, Dimension.OS, Dimension.SCREEN})


class Conversions(NamedTuple):
    """Visits, and how many of them reached the goal."""

    visits: int = 0
    conversions: int = 0

    @property
    def rate(self) -> float:
        """Conversions in percent of the visits, one decimal; 0 without a visit."""
        return rounded(self.conversions * 100, self.visits, decimals=1) if self.visits else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Who reached a goal: all visits, and for each `By` the visits of each of its values; a value is its columns."""

    total: Conversions
    by: Mapping[By, Mapping[tuple[str, ...], Conversions]]


def columns_of(by: Iterable[By]) -> Columns:
    """What `frames_of` needs beside what the filters do."""
    sessions: dict[str, None] = {}
    for each in by:
        if each not in _SEEN:
            sessions |= dict.fromkeys(_names(each))
    return Columns(goals.COLUMNS.events, (*goals.COLUMNS.sessions, *sessions))


def frames_of(chosen: Chosen, goal: Step, by: Sequence[By]) -> list[pl.LazyFrame]:
    """Return what `reached` puts together."""
    visits = goals.converted(chosen, goal)
    frames = [goals.conversions(visits)]
    for each in by:
        if each is Place.PAGE:
            frames.append(goals.conversions_by_page(visits, chosen))
        elif each is Place.EVENT:
            frames.append(goals.conversions_by_event(visits, chosen))
        else:
            frames.append(goals.conversions_by(visits, *_names(each)))
    return frames


def reached(frames: Sequence[pl.DataFrame], by: Sequence[By], *, assistants: bool = True) -> Reached:
    """Return the answer out of collected frames.

    Without `assistants`, visits that AI assistants sent are referrals like those of other pages.
    """
    total, *others = frames
    found: dict[By, dict[tuple[str, ...], Conversions]] = {}
    for each, frame in zip(by, others, strict=True):
        sums: defaultdict[tuple[str, ...], Conversions] = defaultdict(Conversions)
        for *columns, visits, conversions in frame.select(*_names(each), "visits", "conversions").iter_rows():
            key = tuple(_name(each, column, assistants=assistants) for column in columns)
            sums[key] = Conversions(sums[key].visits + visits, sums[key].conversions + conversions)
        found[each] = dict(sums)
    return Reached(total=Conversions(*total.select("visits", "conversions").row(0)), by=found)


def _names(by: By) -> tuple[str, ...]:
    return (by.value,) if isinstance(by, Place) else OF_SESSIONS[by]


def _name(by: By, column: str, *, assistants: bool) -> str:
    if by in _NAMED:
        return column or UNKNOWN
    return without_assistants(column) if by is Dimension.CHANNEL and not assistants else column
