"""The chart of the report: what is drawn, what is read out of it point by point, and the table of the same. Pure.

Points that time has not come to are part of the axis and no more, so that a day is as wide at noon as in the evening.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from api.dashboard import charts, numbers
from api.dashboard.charts import Chart, Mark
from api.dashboard.comparison import compared_with
from api.dashboard.metrics import NAMES, change
from api.dashboard.ticks import CLOCKED, ticks
from core import intervals
from core.intervals import Interval, slots
from core.metrics import DEFINITIONS, Unit
from core.ranges import Days, wall_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from babel import Locale
    from markupsafe import Markup

    from aggregations.answers import Point, Series
    from api.dashboard.numbers import Change
    from api.dashboard.report import Asked
    from api.dashboard.state import State
    from core.intervals import Calendar, Slot
    from storage.notes import Note

#: The longest range of days for each interval, unless one is chosen; months beyond.
_UP_TO: Final[Mapping[Interval, int]] = MappingProxyType({Interval.HOUR: 2, Interval.DAY: 92, Interval.WEEK: 740})
#: Points of a series: a day of minutes, two months of hours.
_MOST: Final = 1_500
#: Intervals that are offered, where the chart would have so many points at least.
_OFFERED: Final = (Interval.HOUR, Interval.DAY, Interval.WEEK, Interval.MONTH)
_FEWEST: Final = 3
_MOST_OFFERED: Final = 400
#: What the point that time has come to is called: in the chart, in its key, and when it is read.
_NOW: Final[Mapping[Interval, tuple[str, str]]] = MappingProxyType(
    {
        Interval.MINUTE: ("now", "this minute"),
        Interval.HOUR: ("now", "this hour"),
        Interval.DAY: ("today", "today"),
        Interval.WEEK: ("now", "this week"),
        Interval.MONTH: ("now", "this month"),
    }
)
_ONE_DAY: Final = timedelta(days=1)


class Reading(NamedTuple):
    """A point as it is read: a line above the chart, and a row of the table."""

    name: str
    value: str
    number: float | None  #: the value, None where there are no data
    before: str  #: '' where there is nothing to compare with
    before_number: float | None
    before_name: str  #: which point that is
    change: Change | None
    notes: tuple[str, ...]
    day: date  #: on which it begins
    date: str  #: the same as it is said
    opened: State  #: the report of this point alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All that the template shows."""

    title: str
    metric: str
    unit: Unit
    top: float  #: the value at the upper edge of the plot
    places: int  #: of the axis, those that time has not come to among them
    svg: Markup
    readings: Sequence[Reading]
    compared_with: str  #: '' where it is with nothing
    open: str  #: what its last point is called while it grows; '' where it does not
    intervals: Sequence[tuple[str, State, bool]]  #: name, state, whether it is the chosen one


def interval_of(state: State, days: Days) -> Interval:
    """How long the points are: as is chosen, unless they were too many, else as suits the range."""
    if state.interval is not None and intervals.count(days, state.interval) <= _MOST:
        return state.interval
    return next((interval for interval, most in _UP_TO.items() if len(days) <= most), Interval.MONTH)


def timeline(  # noqa: PLR0913 - what was asked, what was found, and for whom
    asked: Asked, found: Series, notes: Sequence[Note], state: State, locale: Locale, *, begins: date
) -> Timeline:
    """Put the chart together.

    Args:
        asked: what the report is about.
        found: the metric at each point up to now.
        notes: those on its days.
        state: what is shown.
        locale: of the viewer.
        begins: the first day of the site; before it there is nothing, which is not zero.
    """
    making = _Making(asked, found, state, locale, begins)
    places = slots(found.days, found.interval, asked.calendar)
    marks = [making.mark(point) for point in found.points]
    readings = [making.reading(point, mark, notes) for point, mark in zip(found.points, marks, strict=True)]
    now = (len(marks) - 1, _NOW[found.interval][0]) if found.open else None
    title = f"{NAMES[state.metric]} by {found.interval.value}"
    chart = Chart(
        title=title,
        describes=making.sentence(marks, readings),
        marks=[*marks, *[Mark(None)] * (len(places) - len(marks))],
        unit=making.unit,
        axis=making.axis,
        ticks=ticks(places, found.interval, asked.calendar, locale, now=now and now[0]),
        notes=[charts.Note(place, note.title) for note in notes for place in _place(note.day, places)],
        now=now,
    )
    return Timeline(
        title=title,
        metric=NAMES[state.metric],
        unit=making.unit,
        top=chart.top,
        places=len(places),
        svg=charts.line(chart),
        readings=readings,
        compared_with=compared_with(state, found.days),
        open=_NOW[found.interval][1] if found.open else "",
        intervals=_offered(state, found),
    )


class _Making:
    """What is made of each point."""

    def __init__(self, asked: Asked, found: Series, state: State, locale: Locale, begins: date) -> None:
        self._asked = asked
        self._found = found
        self._state = state
        self._locale = locale
        self._begins = begins
        self.unit = DEFINITIONS[found.metric].unit

    def axis(self, value: float) -> str:
        """A value at a gridline."""
        if self.unit is Unit.PERCENT:
            return numbers.percent(value, self._locale, decimals=int(value != int(value)))
        return numbers.value(value, self.unit, self._locale)

    def mark(self, point: Point) -> Mark:
        """How it is drawn."""
        is_open = self._found.open and point is self._found.points[-1]
        return Mark(
            value=None if point.slot.last < self._begins else point.value,
            before=point.before,
            is_whole=not is_open and _is_whole(point.slot, self._found.interval, self._asked.calendar),
            is_open=is_open,
        )

    def reading(self, point: Point, mark: Mark, notes: Sequence[Note]) -> Reading:
        """How it is read."""
        slot, known = point.slot, mark.value
        name = f"{self._name(slot)}, so far" if mark.is_open else self._name(slot)
        before = point.before
        return Reading(
            name=name,
            value="no data" if known is None else self._value(known),
            number=known,
            before="" if before is None else self._value(before),
            before_number=before,
            before_name="" if before is None else self._before_name(slot, is_open=mark.is_open),
            change=None if known is None or before is None else change(self._found.metric, known, before, self._locale),
            notes=tuple(note.title for note in notes if slot.first <= note.day <= slot.last),
            day=slot.first,
            date=numbers.day(slot.first, self._locale, today=self._asked.today),
            opened=self._opened(slot),
        )

    def sentence(self, marks: Sequence[Mark], readings: Sequence[Reading]) -> str:
        """The chart in one sentence: its span, its peak and its last whole point."""
        days = self._found.days
        span = numbers.days(days.first, days.last, self._locale, today=self._asked.today)
        known = [(mark.value, place) for place, mark in enumerate(marks) if mark.value is not None]
        if not known:
            return f"{span}: no data."
        peak = readings[max(known, key=lambda each: (each[0], -each[1]))[1]]
        whole = [place for _, place in known if not marks[place].is_open]
        last = readings[whole[-1]] if whole else readings[known[-1][1]]
        return f"{span}: most {peak.value} ({peak.name}), last {last.value} ({last.name})."

    def _value(self, value: float) -> str:
        return numbers.value(value, self.unit, self._locale, to_the_last=True)

    def _name(self, slot: Slot) -> str:
        today, interval, locale = self._asked.today, self._found.interval, self._locale
        if interval in CLOCKED:
            clock = numbers.hour(wall_at(slot.begin, self._asked.calendar.zone), locale)
            several = len(self._found.days) > 1
            return f"{numbers.day(slot.first, locale, today=today, weekday=True)}, {clock}" if several else clock
        if slot.first == slot.last:
            return numbers.day(slot.first, locale, today=today, weekday=True)
        if interval is Interval.MONTH and _is_whole(slot, interval, self._asked.calendar):
            return numbers.shaped(slot.first, "yMMMM", locale)
        return numbers.days(slot.first, slot.last, locale, today=today)

    def _before_name(self, slot: Slot, *, is_open: bool) -> str:
        back = timedelta(days=self._found.other.shift if self._found.other else 0)
        first, last = slot.first - back, slot.last - back
        shown = numbers.days(first, last, self._locale, today=self._asked.today)
        return f"{shown}, by this hour" if is_open else shown

    def _opened(self, slot: Slot) -> State:
        """A day of hours for a day; the day's minutes for an hour of a day that is open by itself."""
        days = Days(first=slot.first, last=slot.last)
        if self._found.interval in CLOCKED and len(self._found.days) == 1:
            return self._state.with_(interval=Interval.MINUTE)
        return self._state.with_(days=days, interval=None)


def _is_whole(slot: Slot, interval: Interval, calendar: Calendar) -> bool:
    return calendar.begins(interval, slot.first) and calendar.begins(interval, slot.last + _ONE_DAY)


def _place(day: date, places: Sequence[Slot]) -> list[int]:
    """Where a day is; in a series of hours, where it begins."""
    return [place for place, slot in enumerate(places) if slot.first <= day <= slot.last][:1]


def _offered(state: State, found: Series) -> list[tuple[str, State, bool]]:
    days, default = found.days, interval_of(state.with_(interval=None), found.days)
    offered = [
        interval
        for interval in _OFFERED
        if interval in {default, found.interval} or _FEWEST <= intervals.count(days, interval) <= _MOST_OFFERED
    ]
    return [
        (interval.value, state.with_(interval=None if interval is default else interval), interval is found.interval)
        for interval in offered
    ]
