"""Traffic change: a week's hits against those of the week before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregations.insights.evidence import chance_of_either, rate_score
from aggregations.insights.scoring import importance
from aggregations.insights.signals import Signal, SignalKind
from aggregations.insights.wording import count, percent
from core.metrics import rounded

if TYPE_CHECKING:
    from aggregations.insights.facts import Facts

#: What is less is not worth a word: hits, and a part of the week before, in percent.
LEAST_HITS: Final = 20
LEAST_PERCENT: Final = 20
#: How likely chance alone may be at most: of a hundred nights of a steady site, one would be told of if the two above
#: did not ask for more.
LEVEL: Final = 0.01


def find(facts: Facts) -> list[Signal]:
    """Return the change, if it is one: two-sided, with the dispersion of the site's days."""
    if not facts.earlier:
        return []
    now, then = facts.week.hits, facts.earlier[0].hits
    change = now - then
    if abs(change) < LEAST_HITS or 100 * abs(change) < LEAST_PERCENT * then:
        return []
    score = rate_score(now, then, dispersion=facts.dispersion)
    if chance_of_either(score) >= LEVEL:
        return []
    return [
        Signal(
            kind=SignalKind.TRAFFIC_CHANGE,
            headline=_headline(change, then),
            summary=_summary(now, then),
            advice=_MORE if change > 0 else _LESS,
            score=importance(reach=1.0, score=score, now=now, usual=then),
            begin=facts.week.begin,
            end=facts.week.end,
            payload={
                "direction": "increase" if change > 0 else "decrease",
                "current_hits": now,
                "previous_hits": then,
                "absolute_change": change,
                "change_percentage": rounded(100 * change, then, decimals=1) if then else None,
            },
        )
    ]


_MORE: Final = "See which sources and pages brought the additional hits, and do more of what worked."
_LESS: Final = "Check that the script is still on every page and that no important source has fallen away."


def _headline(change: int, then: int) -> str:
    if not then:
        return "Traffic is back this week"
    return f"Traffic is {'up' if change > 0 else 'down'} {percent(abs(change), then)} this week"


def _summary(now: int, then: int) -> str:
    compared = f"{'up' if now > then else 'down'} from {then:,}" if then else "after none"
    return f"The site picked up {count(now, 'hit')} in the last 7 days, {compared} the week before."
