"""Topics, events and measurements that the tests of the Kafka log share."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING

from core.events import Event, EventType, TrafficClass
from ops.clock import SystemClock

if TYPE_CHECKING:
    from core.telemetry import CounterName, GaugeName, HistogramName

BUCKETS = 4096


def fresh_generation() -> int:
    """A generation that no other test uses."""
    return 10**9 + secrets.randbelow(10**9)


class Measured:
    """Remembers what was measured; as `core.telemetry.Telemetry`."""

    def __init__(self) -> None:
        self.counters: Counter[tuple[str, ...]] = Counter()
        self.gauges: dict[tuple[str, ...], float] = {}

    def add(self, name: CounterName, amount: float = 1, **labels: str) -> None:
        """Count, by name and label values."""
        self.counters[name, *labels.values()] += int(amount)

    def set(self, name: GaugeName, value: float, **labels: str) -> None:
        """Remember the last value, by name and label values."""
        self.gauges[name, *labels.values()] = value

    def observe(self, name: HistogramName, value: float, **labels: str) -> None:
        """Count observations; their values are not looked at."""
        del value
        self.counters[name, *labels.values()] += 1


def event(
    number: int, *, ts: int | None = None, visitor: int | None = None, path: str = "/", properties: str = ""
) -> Event:
    """A page view whose id is `number`, now unless said otherwise."""
    fields: dict[str, object] = dict.fromkeys(Event._fields, "")
    fields |= {
        "ts": SystemClock().now_ms() if ts is None else ts,
        "event_id": number,
        "visitor": number if visitor is None else visitor,
        "prev": 0,
        "site": 1,
        "traffic": TrafficClass.HUMAN.value,
        "type": EventType.PAGE_VIEW.value,
        "path": path,
        "channel": "direct",
        "hostname": "example.com",
        "status": 200,
        "engaged_ms": 0,
        "properties": properties,
    }
    return Event(**fields)  # type: ignore[arg-type]  # the values above are of the fields' types
