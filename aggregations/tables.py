"""Breakdowns: a report's rows by page, source, place, device or event, with all that is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregations.answers import Before
    from core.metrics import Totals
    from core.ranges import Days
    from core.subjects import Column, Subject


class Order(NamedTuple):
    """How rows are ordered; those that are alike in it by name."""

    column: Column
    descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is asked for.

    `order` is by the subject's metric unless said. `matches` chooses rows by their names, before they are counted and
    cut; what shares are of stays the whole.
    """

    subject: Subject
    order: Order | None = None
    limit: int
    offset: int = 0
    matches: Callable[[tuple[str, ...]], bool] | None = None


class Row(NamedTuple):
    """One page, source, country, event and so on.

    `totals` have what the subject's columns show, `views` being the count of events; all else is 0. `before` is the
    same row of the other range, all 0 where it was not there; None where there is nothing to compare with.
    """

    names: tuple[str, ...]
    totals: Totals
    before: Totals | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Some rows of a range, in their order."""

    days: Days
    subject: Subject
    rows: tuple[Row, ...]
    count: int  #: of all rows that match
    totals: Totals  #: the whole that shares are of
    before: Before[Totals] | None = None  #: the whole of the other range
