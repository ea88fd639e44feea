"""The five numbers above the chart. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from api.dashboard import numbers
from api.dashboard.choices import PageMetric
from core.metrics import DEFINITIONS, Metric, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babel import Locale

    from aggregations.answers import Summary
    from api.dashboard.numbers import Change
    from api.dashboard.state import State

#: What the page calls its metrics.
NAMES: Final[Mapping[PageMetric, str]] = MappingProxyType(
    {
        PageMetric.VISITORS: "Visitors",
        PageMetric.VISITS: "Visits",
        PageMetric.PAGEVIEWS: "Page views",
        PageMetric.BOUNCE: "Bounce rate",
        PageMetric.DURATION: "Visit duration",
    }
)
_VISITORS: Final = "Everybody counts once a day; days are added up."
_ZONE: Final = (
    " A day of the visitor counts ends at midnight UTC, so single days of this site can add up to more than the period."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One of them; it is a link that puts it into the chart."""

    name: str
    text: str
    exact: str  #: the same to its last digit
    before: str  #: what it was; '' where there is nothing to compare with
    change: Change | None
    hint: str  #: how it counts, where that is not plain
    chosen: bool
    state: State


def numbers_of(found: Summary, state: State, locale: Locale, *, is_utc: bool) -> list[Number]:
    """The five numbers.

    Args:
        found: what they are, and were.
        state: what is shown.
        locale: of the viewer.
        is_utc: whether the site counts its days in UTC.
    """
    past = None if found.before is None else found.before.found
    shown = []
    for metric in PageMetric:
        unit = DEFINITIONS[metric.metric].unit
        value = value_of(metric.metric, found.totals)
        then = None if past is None else value_of(metric.metric, past)
        shown.append(
            Number(
                name=NAMES[metric],
                text=numbers.value(value, unit, locale),
                exact=numbers.value(value, unit, locale, to_the_last=True),
                before="" if then is None else numbers.value(then, unit, locale),
                change=None if then is None else change(metric.metric, value, then, locale),
                hint=_hint(metric, is_utc=is_utc),
                chosen=metric is state.metric,
                state=state.with_(metric=metric),
            )
        )
    return shown


def change(metric: Metric, now: float, before: float, locale: Locale) -> Change:
    """How a metric changed; fewer bounces are better, more of anything else is."""
    better = metric is not Metric.BOUNCE_RATE
    return numbers.change(now, before, DEFINITIONS[metric].unit, locale, more_is_better=better)


def _hint(metric: PageMetric, *, is_utc: bool) -> str:
    if metric is not PageMetric.VISITORS:
        return ""
    return _VISITORS if is_utc else f"{_VISITORS}{_ZONE}"
