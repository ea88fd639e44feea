"""A signal: one thing that is remarkable, with the numbers that say so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Mapping


class SignalKind(StrEnum):
    """What is remarkable; in this order where two matter alike."""

    TRAFFIC_CHANGE = "traffic_change"  #: a week's hits against those of the week before
    PAGE_BREAKOUT = "page_breakout"  #: a page far above its own usual week
    REFERRER_SURGE = "referrer_surge"  #: a referrer far above its own usual week
    AUDIENCE_SHIFT = "audience_shift"  #: a country, device, browser or channel with another share of the visits
    LIVE_SPIKE = "live_spike"  #: the last hours against the same hours of earlier days


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One of a site's week. It is about the time from `begin` to before `end`, ms since 1970 UTC.

    `subject` is the page, the referrer or the value that it is about. `payload` are its numbers, by the names that
    programs know them by. `advice` is a sentence about what to do.
    """

    kind: SignalKind
    subject: str = ""
    headline: str
    summary: str
    advice: str
    score: int  #: from 0 to 100
    begin: int
    end: int
    payload: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "type": self.kind.value,
            "headline": self.headline,
            "summary": self.summary,
            "importance_score": self.score,
            "window": {"started_at": _text(self.begin), "ended_at": _text(self.end)},
            "payload_excerpt": dict(self.payload),
        }


def _text(ms: int) -> str:
    return f"{instant(ms):%Y-%m-%dT%H:%M:%SZ}"
