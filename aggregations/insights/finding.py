"""All that is remarkable about a week, what matters most first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregations.insights import audience_shift, live_spike, page_breakout, referrer_surge, traffic_change
from aggregations.insights.signals import SignalKind

if TYPE_CHECKING:
    from aggregations.insights.facts import Facts
    from aggregations.insights.signals import Signal

#: Nobody reads more.
MOST: Final = 8

_FINDERS: Final = (traffic_change, page_breakout, referrer_surge, audience_shift, live_spike)
_ORDER: Final = {kind: number for number, kind in enumerate(SignalKind)}


def signals(facts: Facts) -> tuple[Signal, ...]:
    """Return the signals of a week; those that matter alike by kind, then by subject."""
    found = [signal for finder in _FINDERS for signal in finder.find(facts)]
    found.sort(key=lambda signal: (-signal.score, _ORDER[signal.kind], signal.subject))
    return tuple(found[:MOST])
