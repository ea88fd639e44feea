"""Charts: numbers in, SVG out. Pure.

A chart is an SVG without a box of its own: texts, dots and lines stand at percentages of the room there is, and only
the paths are in a box that is stretched, their strokes not scaled. So it fits any width without being measured, and
nothing of it is distorted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup

from api.dashboard import curves
from api.dashboard.scales import scale
from core.metrics import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from api.dashboard.ticks import Tick

#: Room above the plot, its own, and that for the ticks below, px; the base line of their texts.
_ABOVE: Final = 12
_PLOT: Final = 196
_BELOW: Final = 28
_TICKS: Final = _ABOVE + _PLOT + 20
#: Letters of a note that fit on a phone, and lines of notes that are close to each other.
_NOTE: Final = 26
_NOTE_LINES: Final = 3
#: How near to each other, in parts of the plot, two notes would be in each other's way.
_NEAR: Final = 0.22
#: Points that are each as wide as their names.
_WIDE: Final = 9
#: How much of its place a bar fills.
_BAR: Final = 0.74


class Mark(NamedTuple):
    """A point of a chart: what is there, and what is known of it otherwise."""

    value: float | None  #: None where there are no data
    before: float | None = None  #: the same of the range that it is compared with
    is_whole: bool = True  #: whether it has ended, and began in the range: only such are joined by a line
    is_open: bool = False  #: whether it is still growing


class Note(NamedTuple):
    """What happened at a point."""

    place: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a line chart shows.

    `describes` is one sentence that says the same. `axis` writes the values of gridlines, and `now` is the place of the
    point that time has come to, and what it is called.
    """

    title: str
    describes: str
    marks: Sequence[Mark]
    unit: Unit
    axis: Callable[[float], str]
    ticks: Sequence[Tick] = ()
    notes: Sequence[Note] = ()
    now: tuple[int, str] | None = None

    @property
    def top(self) -> float:
        """The value at the upper edge of the plot."""
        known = (each for mark in self.marks for each in (mark.value, mark.before) if each is not None)
        return scale(max(known, default=0), self.unit).top


def line(chart: Chart) -> Markup:
    """Draw a line for the values and a dashed one for what they are compared with.

    A point that is not whole stands apart from the line, as a hollow dot; a count that still grows, on a dotted stem.
    """
    return Markup(
        '<svg class="chart" width="100%" height="{height}" role="img" aria-labelledby="chart-title chart-text">'
        '<title id="chart-title">{title}</title><desc id="chart-text">{text}</desc>'
        '<svg class="plot" y="{above}" width="100%" height="{plot}">{grid}{lines}{dots}{notes}{cursor}</svg>{ticks}'
        "</svg>"
    ).format(
        height=_ABOVE + _PLOT + _BELOW,
        title=chart.title,
        text=chart.describes,
        above=_ABOVE,
        plot=_PLOT,
        grid=_grid(chart),
        lines=_lines(chart),
        notes=_notes(chart),
        dots=_dots(chart),
        cursor=_CURSOR,
        ticks=_ticks(chart),
    )


def bars(values: Sequence[int], *, title: str, running: bool = True) -> Markup:
    """Draw a bar for each of some minutes, the last one apart if it is `running`; `title` says the same in words."""
    most = max(values, default=0) or 1
    drawn = Markup(  # noqa: S704 - numbers alone
        "".join(
            _bar(place, value / most, len(values), running=running and place == len(values) - 1)
            for place, value in enumerate(values)
        )
    )
    return Markup('<svg class="bars" width="100%" height="100%" role="img" aria-label="{}">{}</svg>').format(
        title, drawn
    )


def sparkline(values: Sequence[int], *, title: str) -> Markup:
    """Draw a small line without axes; `title` says the same in words."""
    top = max(values, default=0) or 1
    return Markup(
        '<svg class="sparkline" role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">'
        '<path class="line" d="{}"/></svg>'
    ).format(title, curves.WIDTH, curves.HEIGHT, curves.path(list(values), top=top))


def share(part: float) -> Markup:
    """Draw the bar behind a row, so much of a whole; the row's number says the same."""
    drawn = f'<svg class="share" aria-hidden="true"><rect width="{_short(part * 100)}%"/></svg>'
    return Markup(drawn)  # noqa: S704 - a number alone


#: What a script moves to the point that is read, and over the span that is chosen.
_CURSOR: Final = Markup(
    '<g class="cursor" visibility="hidden"><rect class="span" height="100%"/><line class="at" y2="100%"/>'
    '<circle class="was" r="3"/><circle class="is" r="4"/></g>'
)


def _grid(chart: Chart) -> Markup:
    return Markup("").join(
        Markup('<line class="{}" x2="100%" y1="{y}" y2="{y}"/><text class="y" x="-8" y="{y}" dy="4">{}</text>').format(
            "grid" if value else "base", chart.axis(value), y=curves.percent_down(value, chart.top)
        )
        for value in scale(chart.top, chart.unit).ticks
    )


def _lines(chart: Chart) -> Markup:
    values = [mark.value if mark.is_whole else None for mark in chart.marks]
    before = [mark.before if mark.is_whole else None for mark in chart.marks]
    paths = (
        ("area", curves.area(values, top=chart.top)),
        ("before", curves.path(before, top=chart.top)),
        ("line", curves.path(values, top=chart.top)),
    )
    drawn = "".join(f'<path class="{name}" d="{path}"/>' for name, path in paths if path)
    box = f'viewBox="0 0 {curves.WIDTH} {curves.HEIGHT}" width="100%" height="100%" preserveAspectRatio="none"'
    return Markup(f"<svg {box}>{drawn}</svg>")  # noqa: S704 - numbers alone


def _dots(chart: Chart) -> Markup:
    """What is no part of a line: points that are not whole, and those without neighbours."""
    parts = []
    alone = {
        which: {place for place, run in curves.runs(found) if len(run) == 1}
        for which, found in (
            ("value", [mark.value if mark.is_whole else None for mark in chart.marks]),
            ("before", [mark.before if mark.is_whole else None for mark in chart.marks]),
        )
    }
    for place, mark in enumerate(chart.marks):
        x = curves.percent_across(place, len(chart.marks))
        if mark.before is not None and (not mark.is_whole or place in alone["before"]):
            parts.append(_dot("was" if mark.is_whole else "was cut", x, mark.before, chart.top, radius=3))
        if mark.value is None:
            continue
        if mark.is_open and chart.unit is Unit.COUNT:
            y = curves.percent_down(mark.value, chart.top)
            parts.append(Markup('<line class="stem" x1="{x}" x2="{x}" y1="{}" y2="100%"/>').format(y, x=x))
        if not mark.is_whole:
            parts.append(_dot("open" if mark.is_open else "cut", x, mark.value, chart.top, radius=4))
        elif place in alone["value"]:
            parts.append(_dot("alone", x, mark.value, chart.top, radius=3))
    return Markup("").join(parts)


def _dot(name: str, x: str, value: float, top: float, *, radius: int) -> Markup:
    drawn = f'<circle class="{name}" cx="{x}" cy="{curves.percent_down(value, top)}" r="{radius}"/>'
    return Markup(drawn)  # noqa: S704 - numbers, and a name of ours


def _notes(chart: Chart) -> Markup:
    """Lines at their points, each title on the side where there is room and below those that are near."""
    parts, count = [], len(chart.marks)
    taken: list[float] = []  # where the titles of each line end
    for note in sorted(chart.notes):
        at = (note.place + 0.5) / count
        x, is_left = curves.percent_across(note.place, count), at > 0.5
        begin = at - _NEAR if is_left else at
        line_ = next((number for number, end in enumerate(taken) if end <= begin), len(taken))
        parts.append(Markup('<line class="note" x1="{x}" x2="{x}" y2="100%"/>').format(x=x))
        if line_ >= _NOTE_LINES:
            continue
        taken[line_ : line_ + 1] = [begin + _NEAR]
        parts.append(
            Markup('<text class="note{}" x="{}" dx="{}" y="{}">{}</text>').format(
                " left" if is_left else "", x, -6 if is_left else 6, 10 + 16 * line_, _cut(note.title)
            )
        )
    return Markup("").join(parts)


def _ticks(chart: Chart) -> Markup:
    count = len(chart.marks)
    parts = [
        Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
            f"x {tick.shown.value}".strip(), curves.percent_across(tick.place, count), _TICKS, tick.text
        )
        for tick in chart.ticks
    ]
    if chart.now is not None:
        place, text = chart.now
        # In the middle of its point, but at the edge where that is too narrow for it.
        at_edge = place == count - 1 and count > _WIDE
        name, x = ("x end", "100%") if at_edge else ("x", curves.percent_across(place, count))
        parts.append(Markup('<text class="{}" x="{}" y="{}">{}</text>').format(name, x, _TICKS, text))
    return Markup("").join(parts)


@lru_cache(1_024)
def _bar(place: int, part: float, count: int, *, running: bool) -> str:
    # The first begins and the last ends where the room does.
    each = 100 / (count - 1 + _BAR)
    x, width = place * each, _BAR * each
    name = ' class="running"' if running else ""
    across = f'x="{_short(x, 2)}%" width="{_short(width, 2)}%"'
    return f'<rect{name} {across} y="{_short((1 - part) * 100)}%" height="{_short(part * 100)}%" rx="3"/>'


def _cut(title: str) -> str:
    return title if len(title) <= _NOTE else f"{title[: _NOTE - 1].rstrip()}…"


def _short(number: float, decimals: int = 1) -> str:
    return f"{number:.{decimals}f}".rstrip("0").rstrip(".")
