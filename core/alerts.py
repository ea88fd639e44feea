"""Alerts: what of a site's last 24 hours somebody wants to be told, and when it is told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import InvalidInput
from core.messages import Composed, MessageKind
from core.spans import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

#: Of one site.
MAX_ALERTS: Final = 50
#: How often they are looked at, and of how long the numbers are, ms.
EVERY: Final = HOUR
WINDOW: Final = DAY
_MAX_THRESHOLD: Final = 1_000_000_000_000


class AlertMetric(StrEnum):
    """What is counted, as Antics' statistics count it."""

    VISITORS = "visitors"
    PAGEVIEWS = "pageviews"

    @property
    def label(self) -> str:
        """What it is called in a sentence."""
        return "visitors" if self is AlertMetric.VISITORS else "page views"


class Operator(StrEnum):
    """How a number is compared with the threshold."""

    LT = "lt"
    GT = "gt"
    LTE = "lte"
    GTE = "gte"

    @property
    def label(self) -> str:
        """What it is called in a sentence, with the threshold after it."""
        return _LABELS[self]

    @property
    def is_below(self) -> bool:
        """Whether small numbers fulfil it."""
        return self in {Operator.LT, Operator.LTE}


_LABELS: Final[Mapping[Operator, str]] = MappingProxyType(
    {Operator.LT: "fewer than", Operator.GT: "more than", Operator.LTE: "at most", Operator.GTE: "at least"}
)


class Condition(NamedTuple):
    """What is to be told."""

    metric: AlertMetric
    operator: Operator
    threshold: float  #: finite, not negative

    def holds(self, value: int) -> bool:
        """Whether the number fulfils it."""
        match self.operator:
            case Operator.LT:
                return value < self.threshold
            case Operator.GT:
                return value > self.threshold
            case Operator.LTE:
                return value <= self.threshold
            case Operator.GTE:
                return value >= self.threshold

    @property
    def words(self) -> str:
        """The condition without its metric: `fewer than 10`."""
        return f"{self.operator.label} {amount(self.threshold)}"


class AlertState(NamedTuple):
    """How an alert stands. Times are ms since 1970 UTC."""

    value: int | None = None  #: of the last check; None before the first one, as is the next
    checked_at: int | None = None
    firing_since: int | None = None  #: None: it does not fire
    told_at: int | None = None  #: when it was last told that it fires
    is_told: bool = False  #: whether the last that was told is that it fires


class Checked(NamedTuple):
    """What a check found."""

    state: AlertState
    told: MessageKind | None  #: what is to be told now: `ALERT`, `ALERT_CLEARED` or nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert. Times are ms since 1970 UTC."""

    id: UUID
    number: int  #: the subject of its job
    site: int
    condition: Condition
    email: str  #: '' for none; it has this or a webhook, or both
    webhook: str
    created_at: int
    state: AlertState


def check(condition: Condition, state: AlertState, value: int, now: int, *, site_from: int) -> Checked:
    """Return how an alert stands after a check, and what is told of it.

    It is told when it begins to fire and, while it does, once a day; also when it is over, if it was told. One that
    begins, ends and begins again within a day is told again no sooner than a day after the last time.

    Args:
        condition: the alert's.
        state: as it stood.
        value: of the last 24 hours.
        now: ms since 1970 UTC.
        site_from: when the site was made, ms: a number that is too small says nothing before a day is over.
    """
    fires = condition.holds(value) and not (condition.operator.is_below and now - site_from < WINDOW)
    if not fires:
        told = MessageKind.ALERT_CLEARED if state.is_told else None
        return Checked(AlertState(value=value, checked_at=now, told_at=state.told_at), told)
    tells = state.told_at is None or now - state.told_at >= DAY
    return Checked(
        AlertState(
            value=value,
            checked_at=now,
            firing_since=now if state.firing_since is None else state.firing_since,
            told_at=now if tells else state.told_at,
            is_told=tells or state.is_told,
        ),
        MessageKind.ALERT if tells else None,
    )


def compose(kind: MessageKind, alert: Alert, domain: str, value: int) -> Composed:
    """Return the message that says that an alert fires, or that it is over.

    Args:
        kind: `ALERT` or `ALERT_CLEARED`.
        alert: which one.
        domain: of its site.
        value: of the last 24 hours.
    """
    condition, fires = alert.condition, kind is MessageKind.ALERT
    found = f"{amount(value)} {condition.metric.label if value != 1 else condition.metric.label.removesuffix('s')}"
    if fires:
        told = (
            f"{domain} had {found} in the last 24 hours. You asked to be told of {condition.words}.\n\n"
            "While this lasts you are told once a day, and once more when it is over. To end it, remove the alert in"
            f" the settings of {domain}."
        )
    else:
        told = f"{domain} had {found} in the last 24 hours: no longer {condition.words}."
    return Composed(
        kind=kind,
        title=f"{domain}: {found} in 24 hours, {'' if fires else 'no longer '}{condition.words}",
        text=told,
        data={
            "alert": str(alert.id),
            "domain": domain,
            "site_id": alert.site,
            "metric": condition.metric.value,
            "operator": condition.operator.value,
            "threshold": plain(condition.threshold),
            "value": value,
            "firing": fires,
        },
    )


def check_condition(metric: str, operator: str, threshold: float) -> Condition:
    """Return the condition that these mean.

    Raises:
        InvalidInput: one is not known, or the threshold is no number that can be reached; the message names it.
    """
    if metric not in set(AlertMetric):
        raise InvalidInput(f"metric must be one of {', '.join(AlertMetric)}")
    if operator not in set(Operator):
        raise InvalidInput(f"operator must be one of {', '.join(Operator)}")
    if not math.isfinite(threshold) or not 0 <= threshold <= _MAX_THRESHOLD:
        raise InvalidInput(f"threshold must be a number from 0 to {_MAX_THRESHOLD}")
    if operator == Operator.LT and threshold == 0:
        raise InvalidInput("threshold must be more than 0 with lt: nothing is less than 0")
    return Condition(AlertMetric(metric), Operator(operator), float(threshold))


def plain(threshold: float) -> int | float:
    """A threshold as JSON shows it: whole ones without a point."""
    return int(threshold) if threshold.is_integer() else threshold


def amount(number: float) -> str:
    """A number in a sentence."""
    return f"{int(number):,}" if float(number).is_integer() else f"{number:,}"
