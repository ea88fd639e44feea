"""How numbers, durations and dates read, in the viewer's language. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_decimal

from core.metrics import Unit

if TYPE_CHECKING:
    from babel import Locale

#: Between a number and what it counts: they are never torn apart.
_NBSP: Final = "\u00a0"
#: The greatest count that is shown to the last visitor.
_EXACT: Final = 99_999
#: The greatest change in percent that is said as such.
_MOST_PERCENT: Final = 999
_SCALES: Final = ((10**9, "B"), (10**6, "M"), (10**3, "k"))


class Direction(StrEnum):
    """Which way a value went."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Verdict(StrEnum):
    """Whether that is what its owner wants."""

    GOOD = "good"
    BAD = "bad"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """By how much a value changed: as it is shown beside it, and as it is spoken."""

    text: str
    direction: Direction = Direction.NONE
    verdict: Verdict = Verdict.NEUTRAL
    spoken: str = ""


def exact(number: float, locale: Locale) -> str:
    """The number to its last digit."""
    return _written(number, None, locale)


def count(number: int, locale: Locale) -> str:
    """A count: exact to 99,999, from there three digits: 123k, 1.23M."""
    if number <= _EXACT:
        return exact(number, locale)
    # What would be rounded to a thousand of the smaller unit is one of the greater.
    scale, letter = next((scale, letter) for scale, letter in _SCALES if number * 2_000 >= scale * 1_999)
    scaled = _three_digits(Decimal(number) / scale)
    return f"{_written(scaled, _format_of(scaled), locale)}{letter}"


def percent(value: float, locale: Locale, *, decimals: int = 0) -> str:
    """A percentage, `value` of a hundred."""
    rounded = _rounded(value, decimals)
    return f"{_written(rounded, _decimals(decimals), locale)}{_NBSP}%"


def duration(seconds: float) -> str:
    """So many seconds: 45s, 1m 24s, 1h 05m."""
    whole = int(_rounded(seconds, 0))
    if whole < 60:
        return f"{whole}s"
    if whole < 3_600:
        return f"{whole // 60}m{_NBSP}{whole % 60:02}s"
    return f"{whole // 3_600}h{_NBSP}{whole % 3_600 // 60:02}m"


def value(number: float, unit: Unit, locale: Locale, *, to_the_last: bool = False) -> str:
    """A metric's value in its unit; a count `to_the_last` digit where there is room for it."""
    if unit is Unit.PERCENT:
        return percent(number, locale, decimals=1)
    if unit is Unit.SECONDS:
        return duration(number)
    return exact(number, locale) if to_the_last else count(int(number), locale)


def change(now: float, before: float, unit: Unit, locale: Locale, *, more_is_better: bool = True) -> Change:
    """How a value changed: counts and durations in percent, rates in points.

    Args:
        now: the value.
        before: what it was.
        unit: of both.
        locale: of the viewer.
        more_is_better: whether its owner wants it to grow.
    """
    if unit is Unit.PERCENT:
        return _points(now, before, locale, more_is_better=more_is_better)
    if not before:
        return Change(text="new", spoken="new") if now else _same("%", locale)
    by = (Decimal(str(now)) - Decimal(str(before))) * 100 / Decimal(str(before))
    if abs(by) < Decimal("0.5"):
        return _same("%", locale)
    whole = _rounded(abs(by), 0)
    if by > _MOST_PERCENT and whole > _MOST_PERCENT:
        times = exact(int(_rounded(Decimal(str(now)) / Decimal(str(before)), 0)), locale)
        spoken = f"{times} times as much"
        return replace(_moved(f"\u00d7{times}", spoken, up=True, more_is_better=more_is_better), spoken=spoken)
    text = percent(float(whole), locale)
    return _moved(text, f"{exact(int(whole), locale)} percent", up=by > 0, more_is_better=more_is_better)


def day(date_: date, locale: Locale, *, today: date, weekday: bool = False) -> str:
    """A date, with its year unless that is this one."""
    skeleton = ("MMMEd" if weekday else "MMMd") if date_.year == today.year else ("yMMMEd" if weekday else "yMMMd")
    return shaped(date_, skeleton, locale)


@lru_cache(10_000)
def days(first: date, last: date, locale: Locale, *, today: date) -> str:
    """A span of dates, each part of them once, with the years unless both are this one."""
    if first == last:
        return day(first, locale, today=today)
    this_year = first.year == last.year == today.year
    return str(format_interval(first, last, "MMMd" if this_year else "yMMMd", locale=locale))


def hour(wall: datetime, locale: Locale) -> str:
    """A time of day as clocks show it: 15:00, or 3 PM where the language tells the halves of the day apart."""
    halves = "a" in locale.time_formats["short"].pattern
    return shaped(wall, ("h" if not wall.minute else "hm") if halves else "Hm", locale)


def shaped(moment: date, skeleton: str, locale: Locale) -> str:
    """A date or a time with these parts, in the order and with the words of the language."""
    # Without its zone: an instant is equal to itself in another one, whose clocks show something else.
    return _shaped(moment.replace(tzinfo=None) if isinstance(moment, datetime) else moment, skeleton, locale)


@lru_cache(50_000)  # days and hours are the same for everybody who looks
def _shaped(moment: date, skeleton: str, locale: Locale) -> str:
    if not isinstance(moment, datetime):
        known = locale.datetime_skeletons.get(skeleton)
        if known is not None:
            return str(format_date(moment, known.pattern, locale=locale))
        moment = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - only its date is shown
    return str(format_skeleton(skeleton, moment, locale=locale))


@lru_cache(50_000)  # a page that is looked at again has most of its numbers as before
def _written(number: float | Decimal, pattern: str | None, locale: Locale) -> str:
    return str(format_decimal(number, format=pattern, locale=locale))


def _points(now: float, before: float, locale: Locale, *, more_is_better: bool) -> Change:
    by = _rounded(Decimal(str(now)) - Decimal(str(before)), 1)
    if not by:
        return _same("pt", locale)
    text = _written(abs(by), _decimals(1), locale)
    return _moved(f"{text}{_NBSP}pt", f"{text} points", up=by > 0, more_is_better=more_is_better)


def _same(sign: str, locale: Locale) -> Change:
    return Change(text=f"{exact(0, locale)}{_NBSP}{sign}", spoken="unchanged")


def _moved(text: str, spoken: str, *, up: bool, more_is_better: bool) -> Change:
    return Change(
        text=text,
        direction=Direction.UP if up else Direction.DOWN,
        verdict=Verdict.GOOD if up is more_is_better else Verdict.BAD,
        spoken=f"{'up' if up else 'down'} {spoken}",
    )


def _three_digits(number: Decimal) -> Decimal:
    """The number with three digits, or with more where all of them are whole."""
    for decimals in (2, 1, 0):
        rounded = _rounded(number, decimals)
        if rounded < 10 ** (3 - decimals):
            break
    return rounded


def _format_of(number: Decimal) -> str:
    return _decimals(max(0, -int(number.as_tuple().exponent)))


def _decimals(count_: int) -> str:
    return "#,##0" + ("." + "0" * count_ if count_ else "")


def _rounded(number: float | Decimal, decimals: int) -> Decimal:
    exact_ = number if isinstance(number, Decimal) else Decimal(str(number))
    return exact_.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
