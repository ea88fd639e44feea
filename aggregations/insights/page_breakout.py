"""Page breakout: a page with far more hits than its own usual week has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregations.insights.signals import Signal, SignalKind
from aggregations.insights.surges import Noise, surges
from aggregations.insights.wording import about, count, short, times

if TYPE_CHECKING:
    from aggregations.insights.facts import Facts
    from aggregations.insights.surges import Surge

#: Hits beyond the usual week that are worth a word.
LEAST_HITS: Final = 20


def find(facts: Facts) -> list[Signal]:
    """Return the pages that break out; a page that had no hits before does so once it has enough."""
    week = facts.week
    if not facts.earlier:
        return []
    found = surges(
        week.pages,
        [earlier.pages for earlier in facts.earlier],
        Noise(week.page_count, facts.dispersion),
        whole=week.hits,
        least=LEAST_HITS,
    )
    return [_signal(surge, facts) for surge in found]


def _signal(surge: Surge, facts: Facts) -> Signal:
    path = short(surge.name)
    weeks = count(len(facts.earlier), "week")
    if surge.usual:
        headline = f"{path} has {times(surge.now / surge.usual)} its usual hits"
        summary = (
            f"{path} picked up {count(surge.now, 'hit')} in the last 7 days;"
            f" {about(surge.usual, 'hit')} a week were usual in the {weeks} before."
        )
    else:
        headline = f"{path} breaks out with {count(surge.now, 'hit')}"
        summary = f"{path} picked up {count(surge.now, 'hit')} in the last 7 days, after none in the {weeks} before."
    return Signal(
        kind=SignalKind.PAGE_BREAKOUT,
        subject=surge.name,
        headline=headline,
        summary=summary,
        advice=f"Keep an eye on {path}, and link from it to what matters to you while the attention lasts.",
        score=surge.importance,
        begin=facts.week.begin,
        end=facts.week.end,
        payload={
            "path": surge.name,
            "current_hits": surge.now,
            "usual_hits": round(surge.usual, 1),
            **surge.payload,
        },
    )
