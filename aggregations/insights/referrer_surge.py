"""Referrer surge: a host that sends far more visits than in its own usual week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregations.insights.signals import Signal, SignalKind
from aggregations.insights.surges import Noise, surges
from aggregations.insights.wording import about, count, short, times

if TYPE_CHECKING:
    from aggregations.insights.facts import Facts
    from aggregations.insights.surges import Surge

#: Visits beyond the usual week that are worth a word.
LEAST_VISITS: Final = 10


def find(facts: Facts) -> list[Signal]:
    """Return the referrers that surge, new ones too; visits without a referrer are none's."""
    week = facts.week
    if not facts.earlier:
        return []
    found = surges(
        {host: visits for host, visits in week.sources.items() if host},
        [earlier.sources for earlier in facts.earlier],
        Noise(week.source_count, facts.dispersion),
        whole=week.visits,
        least=LEAST_VISITS,
    )
    return [_signal(surge, facts) for surge in found]


def _signal(surge: Surge, facts: Facts) -> Signal:
    host = short(surge.name)
    weeks = count(len(facts.earlier), "week")
    if surge.usual:
        headline = f"{host} sends {times(surge.now / surge.usual)} its usual visits"
        summary = (
            f"{host} sent {count(surge.now, 'visit')} in the last 7 days;"
            f" {about(surge.usual, 'visit')} a week were usual in the {weeks} before."
        )
    else:
        headline = f"{host} is a new source of {count(surge.now, 'visit')}"
        summary = f"{host} sent {count(surge.now, 'visit')} in the last 7 days, after none in the {weeks} before."
    return Signal(
        kind=SignalKind.REFERRER_SURGE,
        subject=surge.name,
        headline=headline,
        summary=summary,
        advice=f"See what is said about the site on {host}, and answer while it is fresh.",
        score=surge.importance,
        begin=facts.week.begin,
        end=facts.week.end,
        payload={
            "referrer": surge.name,
            "current_visits": surge.now,
            "usual_visits": round(surge.usual, 1),
            **surge.payload,
        },
    )
