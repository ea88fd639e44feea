"""Each metric of a report, once: what it counts, in which unit, and how parts of it are put together.

Parts are added as `Totals`; a metric is taken from the sum, at the end, and rounded once, half up. A rate over a period
is the quotient of the sums, never a mean of days.

Where the totals come from, by scope (`roll_site` and `roll_path` are the rollups, V the views of pages in a group):

| total         | site-wide       | one path p                | a content group g                      |
|---------------|-----------------|---------------------------|----------------------------------------|
| views         | views           | views of p                | count of V                             |
| unique_views  | views_s1        | s1 of p                   | sum of S1 over V                       |
| visits        | visits          | s1 of p                   | distinct sessions of V                 |
| visitors      | new             | d1 of p                   | per UTC day distinct visitors of V     |
| rated         | visits          | landings of p             | visits whose entry path is in g        |
| bounces       | bounces         | bounces of p              | of these, those of one view            |
| quiet_bounces | quiet_bounces   | quiet_bounces of p        | of these, those without an action      |
| duration_ms   | duration_ms     | duration_ms of p          | of these, the sum of their durations   |
| entries       | landings        | landings of p             | visits whose entry path is in g        |
| exits         | landings        | exits of p                | visits whose exit path is in g         |

Totals of events belong to the hour of the event, those of visits to the hour in which the visit began, whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Totals(NamedTuple):
    """What adds up, over any parts that share no event and no visit; unique counts over parts that share no day."""

    views: int = 0
    unique_views: int = 0
    visits: int = 0
    visitors: int = 0
    rated: int = 0  #: the visits that the rates are about
    bounces: int = 0
    quiet_bounces: int = 0  #: of these, the visits without an action
    duration_ms: int = 0
    entries: int = 0
    exits: int = 0


class Metric(StrEnum):
    """What a report can ask for."""

    VISITS = "visits"
    UNIQUE_VISITORS = "unique_visitors"
    PAGEVIEWS = "pageviews"
    UNIQUE_PAGEVIEWS = "unique_pageviews"
    BOUNCE_RATE = "bounce_rate"
    QUIET_BOUNCE_RATE = "quiet_bounce_rate"
    AVG_SESSION_DURATION = "avg_session_duration"
    LANDING_PAGE_ENTRIES = "landing_page_entries"
    EXIT_PAGE_EXITS = "exit_page_exits"


class Grain(StrEnum):
    """Whose hour a metric belongs to."""

    EVENT = "event"
    SESSION = "session"  #: of the start of the session


class Unit(StrEnum):
    """What a value is."""

    COUNT = "count"
    PERCENT = "percent"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A metric: the total `of`, or its quotient by the total `per`, times `factor`."""

    grain: Grain
    unit: Unit
    of: str
    per: str | None = None
    factor: tuple[int, int] = (1, 1)
    decimals: int = 0


_E, _S = Grain.EVENT, Grain.SESSION

DEFINITIONS: Final[Mapping[Metric, Definition]] = MappingProxyType(
    {
        Metric.VISITS: Definition(grain=_S, unit=Unit.COUNT, of="visits"),
        Metric.UNIQUE_VISITORS: Definition(grain=_E, unit=Unit.COUNT, of="visitors"),
        Metric.PAGEVIEWS: Definition(grain=_E, unit=Unit.COUNT, of="views"),
        Metric.UNIQUE_PAGEVIEWS: Definition(grain=_E, unit=Unit.COUNT, of="unique_views"),
        Metric.BOUNCE_RATE: Definition(
            grain=_S, unit=Unit.PERCENT, of="bounces", per="rated", factor=(100, 1), decimals=1
        ),
        Metric.QUIET_BOUNCE_RATE: Definition(
            grain=_S, unit=Unit.PERCENT, of="quiet_bounces", per="rated", factor=(100, 1), decimals=1
        ),
        Metric.AVG_SESSION_DURATION: Definition(
            grain=_S, unit=Unit.SECONDS, of="duration_ms", per="rated", factor=(1, 1_000)
        ),
        Metric.LANDING_PAGE_ENTRIES: Definition(grain=_S, unit=Unit.COUNT, of="entries"),
        Metric.EXIT_PAGE_EXITS: Definition(grain=_S, unit=Unit.COUNT, of="exits"),
    }
)


def add(parts: Iterable[Totals]) -> Totals:
    """The sum of the parts; of none, nothing but zeros."""
    match tuple(parts):
        case ():
            return Totals()
        case (one,):
            return one
        case several:
            return Totals(*map(sum, zip(*several, strict=True)))


def value_of(metric: Metric, totals: Totals, *, decimals: int | None = None) -> int | float:
    """The metric's value: a count, a percentage of one decimal, or whole seconds. Without a visit, a rate is 0.

    With `decimals` a rate has so many instead: it is rounded once.
    """
    definition = DEFINITIONS[metric]
    count: int = getattr(totals, definition.of)
    if definition.per is None:
        return count
    visits: int = getattr(totals, definition.per)
    numerator, denominator = definition.factor
    places = definition.decimals if decimals is None else decimals
    return rounded(count * numerator, visits * denominator, decimals=places) if visits else 0


def change_percent(value: float, previous: float) -> float | None:
    """By how much `value` differs from `previous`, in percent of that, two decimals; None from 0 to anything else.

    Both are values of a metric, as reported: whoever checks the report with what it shows finds this.
    """
    if previous == 0:
        return 0 if value == 0 else None
    now, before = round(value * 10), round(previous * 10)  # no metric has more than one decimal
    return rounded((now - before) * 100, before, decimals=2)


def rounded(numerator: int, denominator: int, *, decimals: int) -> int | float:
    """The quotient to so many decimals, a half away from zero; an int where there are none. Both are exact.

    Raises:
        ZeroDivisionError: there is no such quotient.
    """
    scale: int = 10**decimals
    units = (2 * abs(numerator) * scale + denominator) // (2 * denominator)
    signed = units if numerator >= 0 else -units
    return signed / scale if decimals else signed
