"""Surges: names that have far more of a week than their own usual week has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from aggregations.insights.evidence import chance, dispersion, rate_score, thinned
from aggregations.insights.scoring import importance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: How many times the usual week it is at least.
LEAST_TIMES: Final = 2
#: By how much it exceeds the usual week at least, in percent of the whole site's week.
LEAST_PERCENT: Final = 2
#: How likely chance alone may be at most that any name of the site is told of: each is held to this by the number of
#: names (Bonferroni).
LEVEL: Final = 0.01
#: How many of a kind are told of, those that matter most.
MOST: Final = 3


class Surge(NamedTuple):
    """A name, what it has of this week, and of its usual one."""

    name: str
    now: int
    usual: float
    importance: int

    @property
    def payload(self) -> dict[str, float | None]:
        """What is told of it beside its name."""
        return {
            "absolute_change": round(self.now - self.usual, 1),
            "times_usual": round(self.now / self.usual, 1) if self.usual else None,
        }


class Noise(NamedTuple):
    """What else surges are looked for with."""

    names: int  #: of all that there are, told or not
    dispersion: float  #: of the site's days


def surges(
    now: Mapping[str, int], past: Sequence[Mapping[str, int]], noise: Noise, *, whole: int, least: int
) -> list[Surge]:
    """Return those that are no chance, those that matter most first.

    The dispersion of a name is that of its own weeks, or its part in that of the site, whichever is greater.

    Args:
        now: what each has of the week.
        past: what each had of earlier weeks, one at least.
        noise: what else is known.
        whole: what the site has of the week.
        least: how much more than usual is worth a word.
    """
    weeks, all_past = len(past), sum(sum(week.values()) for week in past)
    found = []
    for name, count in now.items():
        theirs = [week.get(name, 0) for week in past]
        usual = sum(theirs) / weeks
        more = count - usual
        if count < LEAST_TIMES * usual or more < least or 100 * more < LEAST_PERCENT * whole:
            continue
        varies = max(dispersion([theirs]), thinned(noise.dispersion, sum(theirs) / all_past if all_past else 0.0))
        score = rate_score(count, sum(theirs), times=weeks, dispersion=varies)
        if chance(score) * max(noise.names, len(now)) >= LEVEL:
            continue
        reach = more / whole if whole else 0.0
        found.append(Surge(name, count, usual, importance(reach=reach, score=score, now=count, usual=usual)))
    return sorted(found, key=lambda surge: (-surge.importance, -surge.now, surge.name))[:MOST]
