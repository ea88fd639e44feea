"""Curves through points at even distances that rise and fall only where the points do. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: The box that paths are drawn in; it is stretched to whatever room there is.
WIDTH: Final = 1_000
HEIGHT: Final = 100


class Segment(NamedTuple):
    """The ordinates of a cubic Bézier curve from one point to the next; the abscissae are thirds of the way."""

    begin: float
    first: float
    second: float
    end: float


def monotone(values: Sequence[float]) -> list[Segment]:
    """The monotone cubic through the values (Steffen 1990): between two of them it never leaves their range."""
    steps = [end - begin for begin, end in pairwise(values)]
    if not steps:
        return []
    inner = [_slope(before, after) for before, after in pairwise(steps)]
    first = (3 * steps[0] - inner[0]) / 2 if inner else steps[0]
    last = (3 * steps[-1] - inner[-1]) / 2 if inner else steps[-1]
    slopes = [first, *inner, last]
    return [
        Segment(begin, begin + rise / 3, end - fall / 3, end)
        for (begin, end), (rise, fall) in zip(pairwise(values), pairwise(slopes), strict=True)
    ]


def runs(values: Sequence[float | None]) -> Iterator[tuple[int, list[float]]]:
    """The neighbours among the values that are there, each with the place of its first."""
    begin, run = 0, list[float]()
    for place, value in enumerate(values):
        if value is not None:
            begin = begin if run else place
            run.append(value)
        elif run:
            yield begin, run
            run = []
    if run:
        yield begin, run


def path(values: Sequence[float | None], *, top: float) -> str:
    """The path data of the curve in the box, a gap where values are missing; a point alone is none of it."""
    return "".join(_run_path(place, run, len(values), top) for place, run in runs(values) if len(run) > 1)


def area(values: Sequence[float | None], *, top: float) -> str:
    """The path data of what lies between the curve and its base."""
    return "".join(
        f"{_run_path(place, run, len(values), top)}V{HEIGHT}H{_text(_across(place, len(values)))}Z"
        for place, run in runs(values)
        if len(run) > 1
    )


def percent_across(place: int, count: int) -> str:
    """How far from the left the middle of a place is, of so many side by side; as an attribute."""
    return f"{_text((place + 0.5) / count * 100, 2)}%"


def percent_down(value: float, top: float) -> str:
    """How far below `top` a value is; as an attribute."""
    return f"{_text((1 - value / top) * 100, 2)}%"


def _slope(before: float, after: float) -> float:
    if before * after <= 0:
        return 0.0
    steepest = min(abs(before), abs(after), abs(before + after) / 4) * 2
    return steepest if before > 0 else -steepest


def _run_path(place: int, run: Sequence[float], count: int, top: float) -> str:
    """A curve as smooth relative commands: at even distances the first handle mirrors the one before."""
    segments = monotone([_down(value, top) for value in run])
    x, y = _across(place, count), round(segments[0].begin, 2)
    parts = [f"M{_text(x)} {_text(y, 2)}"]
    for number, segment in enumerate(segments, start=1):
        next_x, next_y = _across(place + number, count), round(segment.end, 2)
        third = (next_x - x) / 3
        handle = f"{_text(2 * third)} {_text(segment.second - y, 2)} {_text(next_x - x)} {_text(next_y - y, 2)}"
        parts.append(f"c{_text(third)} {_text(segment.first - y, 2)} {handle}" if number == 1 else f"s{handle}")
        x, y = next_x, next_y
    return "".join(parts)


def _across(place: int, count: int) -> float:
    return round((place + 0.5) / count * WIDTH, 1)


def _down(value: float, top: float) -> float:
    return (1 - value / top) * HEIGHT


def _text(number: float, decimals: int = 1) -> str:
    text = f"{number:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
