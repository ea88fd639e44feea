"""Live spike: hours of the last day with far more hits than the same hours of the days before."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from aggregations.insights.evidence import chance, dispersion, rate_score
from aggregations.insights.scoring import importance
from aggregations.insights.signals import Signal, SignalKind
from aggregations.insights.wording import WEEKDAYS, about, clock, count
from core.spans import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregations.insights.facts import Facts, Hour

#: The time that is looked at, up to when the insights are made, ms.
LAST: Final = DAY
#: Days before it that say what is usual, at least and at most.
LEAST_DAYS: Final = 7
MOST_DAYS: Final = 28
#: How many times what is usual an hour has at least, and hits beyond it.
LEAST_TIMES: Final = 3
LEAST_HITS: Final = 20
#: How likely chance alone may be at most that any hour of the day is told of: each is held to this by their number
#: (Bonferroni). Stricter than the week's signals, for hours vary in more ways than a month of them shows.
LEVEL: Final = 0.001


class _Spike(NamedTuple):
    hour: Hour
    usual: float
    score: float


def find(facts: Facts) -> list[Signal]:
    """Return the spike with the most hits beyond what is usual: neighbouring hours that all stand out are one."""
    last = [hour for hour in facts.hours if hour.begin >= facts.end - LAST]
    before = [hour for hour in facts.hours if facts.end - LAST - MOST_DAYS * DAY <= hour.begin < facts.end - LAST]
    usual = _by_clock(before)
    found = [spike for hour in last if (spike := _spike(hour, usual.get(hour.clock, []), len(last)))]
    if not found:
        return []
    stretches = _stretches(found)
    return [_signal(max(stretches, key=lambda spikes: (_more(spikes), spikes[0].hour.begin)), facts)]


def _by_clock(hours: Iterable[Hour]) -> Mapping[int, list[int]]:
    """The hits of the hours that begin at the same time by the clock; one that the clock cut is like no other."""
    found: dict[int, list[int]] = defaultdict(list)
    for hour in hours:
        if hour.end - hour.begin == HOUR:
            found[hour.clock].append(hour.hits)
    return found


def _spike(hour: Hour, past: Sequence[int], hours: int) -> _Spike | None:
    if len(past) < LEAST_DAYS:
        return None
    usual = sum(past) / len(past)
    if hour.hits < LEAST_TIMES * usual or hour.hits - usual < LEAST_HITS:
        return None
    score = rate_score(hour.hits, sum(past), times=len(past), dispersion=dispersion([past]))
    return _Spike(hour, usual, score) if chance(score) * hours < LEVEL else None


def _stretches(spikes: Iterable[_Spike]) -> list[list[_Spike]]:
    found: list[list[_Spike]] = []
    for spike in sorted(spikes, key=lambda spike: spike.hour.begin):
        if found and found[-1][-1].hour.end == spike.hour.begin:
            found[-1].append(spike)
        else:
            found.append([spike])
    return found


def _more(spikes: Iterable[_Spike]) -> float:
    return sum(spike.hour.hits - spike.usual for spike in spikes)


def _signal(spikes: Sequence[_Spike], facts: Facts) -> Signal:
    first, last = spikes[0].hour, spikes[-1].hour
    hits, usual = sum(spike.hour.hits for spike in spikes), sum(spike.usual for spike in spikes)
    between = f"between {clock(first.clock)} and {clock(last.clock + 1)}"
    weekday = WEEKDAYS[first.day.weekday()]
    still = " It was going on when this was written." if last.end == facts.end else ""
    week = facts.week.hits
    return Signal(
        kind=SignalKind.LIVE_SPIKE,
        headline=f"Hits spiked on {weekday} {between}",
        summary=f"There were {count(hits, 'hit')} {between} ({facts.zone}),"
        f" where {about(usual, 'hit')} are usual.{still}",
        advice=f"Look at the sources of {weekday} to find out what brought so many people at once.",
        score=importance(
            reach=_more(spikes) / week if week else 1.0,
            score=max(spike.score for spike in spikes),
            now=hits,
            usual=usual,
        ),
        begin=first.begin,
        end=last.end,
        payload={
            "current_hits": hits,
            "usual_hits": round(usual, 1),
            "absolute_change": round(hits - usual, 1),
            "times_usual": round(hits / usual, 1) if usual else None,
        },
    )
