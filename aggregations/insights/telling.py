"""What is said about a week: its signals, and sentences made of them and of the numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from aggregations.insights.signals import SignalKind
from aggregations.insights.wording import WEEKDAYS, clock, count, listing, percent, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregations.insights.facts import Facts
    from aggregations.insights.signals import Signal

#: Signals beside the change of traffic that a summary names, and pieces of advice.
_NAMED: Final = 2
_ADVISED: Final = 3
#: Pages that are the best content.
_BEST: Final = 3
#: A day is busy from so many percent of an average day on; at most so many are named.
_BUSY_PERCENT: Final = 125
_BUSY_DAYS: Final = 2
#: Hours that are looked at together, and what percent of the hits they have if they are worth naming: half as much
#: again as on a day that is alike at all hours.
_BLOCK: Final = 3
_BUSY_BLOCK_PERCENT: Final = 150 * _BLOCK / 24


def document(facts: Facts, signals: Sequence[Signal]) -> dict[str, Any]:
    """Return what is said, as JSON has it: texts, and the signals as they are given."""
    return {
        "summary": _summary(facts, signals),
        "signals": [signal.document() for signal in signals],
        "traffic_patterns": _patterns(facts),
        "best_content": _best_content(facts, signals),
        "recommendations": _recommendations(facts, signals),
    }


def _summary(facts: Facts, signals: Sequence[Signal]) -> str:
    change = [signal for signal in signals if signal.kind is SignalKind.TRAFFIC_CHANGE]
    others = [f"{signal.headline}." for signal in signals if signal.kind is not SignalKind.TRAFFIC_CHANGE]
    first = f"{change[0].headline}." if change else _as_usual(facts)
    return " ".join([first, *(others[:_NAMED] or ([] if change else ["Nothing stood out."]))])


def _as_usual(facts: Facts) -> str:
    now = facts.week.hits
    got = f"The site picked up {count(now, 'hit')} in the last 7 days"
    if not facts.earlier:
        return f"{got}; there is no whole week before to compare them with."
    then = facts.earlier[0].hits
    if now == then:
        return f"{got}, as many as the week before."
    return f"{got}, {then:,} the week before."


def _patterns(facts: Facts) -> str:
    busy, hours = _busy_days(facts), _busy_hours(facts)
    if busy:
        were = "was the busiest day" if len(busy) == 1 else "were the busiest days"
        days = f"{listing([WEEKDAYS[day] for day in busy])} {were}"
    else:
        days = "Hits were spread evenly over the days"
    return f"{days}, {hours}."


def _busy_days(facts: Facts) -> list[int]:
    """Weekdays with clearly more hits than the average day, Monday first."""
    days, least = facts.week.days, _BUSY_PERCENT * facts.week.hits
    ranked = sorted(range(len(days)), key=lambda number: (-days[number], number))[:_BUSY_DAYS]
    busy = [number for number in ranked if days[number] and 100 * len(days) * days[number] >= least]
    return sorted((facts.week.first.weekday() + number) % len(WEEKDAYS) for number in busy)


def _busy_hours(facts: Facts) -> str:
    week = facts.week
    by_clock: Counter[int] = Counter()
    for hour in facts.hours:
        if week.begin <= hour.begin < week.end:
            by_clock[hour.clock] += hour.hits
    blocks = {first: sum(by_clock[first + n] for n in range(_BLOCK)) for first in range(24 - _BLOCK + 1)}
    first = min(blocks, key=lambda first: (-blocks[first], first))
    whole = by_clock.total()
    if not whole or 100 * blocks[first] < _BUSY_BLOCK_PERCENT * whole:
        return "and no time of the day stood out"
    share = percent(blocks[first], whole)
    return f"with {share} of the week's hits between {clock(first)} and {clock(first + _BLOCK)} ({facts.zone})"


def _best_content(facts: Facts, signals: Sequence[Signal]) -> str:
    week = facts.week
    pages = sorted(week.pages.items(), key=lambda page: (-page[1], page[0]))[:_BEST]
    if not pages:
        return "No page was seen."
    (path, hits), *others = pages
    said = f"{short(path)} was seen most, with {count(hits, 'hit')} ({percent(hits, week.hits)} of all)"
    if others:
        said += f", before {listing([f'{short(path)} with {hits:,}' for path, hits in others])}"
    risen = [short(signal.subject) for signal in signals if signal.kind is SignalKind.PAGE_BREAKOUT]
    if risen:
        said += f". {listing(risen)} {'gets' if len(risen) == 1 else 'get'} far more attention than usual"
    return f"{said}."


def _recommendations(facts: Facts, signals: Sequence[Signal]) -> str:
    advice = list(dict.fromkeys(signal.advice for signal in signals))[:_ADVISED]
    if advice:
        return " ".join(advice)
    busy = _busy_days(facts)
    if not busy:
        return "Nothing asks for attention."
    days = listing([WEEKDAYS[day] for day in busy])
    return f"Nothing asks for attention. Most people came on {days}: a good time for something new."
