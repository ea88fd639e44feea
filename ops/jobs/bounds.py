"""How many jobs of a kind one process runs at a time, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from core.jobs import JobKind
from core.spans import HOUR, MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping


class Bounds(NamedTuple):
    """Those of one kind. Each kind has its own, so that none waits behind another that takes long."""

    at_once: int
    longest: float  #: seconds; a run that takes longer is cancelled, and has failed


_SECOND: Final = 1 / SECOND

BOUNDS: Final[Mapping[JobKind, Bounds]] = {
    JobKind.UPTIME: Bounds(32, 2 * MINUTE * _SECOND),
    JobKind.DOMAIN: Bounds(2, 3 * MINUTE * _SECOND),
    JobKind.CONTENT: Bounds(2, HOUR * _SECOND),
    JobKind.INSIGHTS: Bounds(1, 15 * MINUTE * _SECOND),
    JobKind.ALERT: Bounds(2, 5 * MINUTE * _SECOND),
    JobKind.WEEKLY_REPORT: Bounds(1, 15 * MINUTE * _SECOND),
    JobKind.MONTHLY_REPORT: Bounds(1, 15 * MINUTE * _SECOND),
    JobKind.DELIVERY: Bounds(8, 3 * MINUTE * _SECOND),
}
