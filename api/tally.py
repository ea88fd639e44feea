"""Telemetry for hot paths: counters are added up in a dictionary and handed on once a second."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.telemetry import CounterName, GaugeName, HistogramName, Telemetry

_HANDED_ON_SECONDS: Final = 1


class Tally:
    """`core.telemetry.Telemetry` before another one. For one thread: the loop's."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._counters: dict[tuple[CounterName, tuple[tuple[str, str], ...]], float] = {}
        self._gauges: dict[tuple[GaugeName, tuple[tuple[str, str], ...]], float] = {}
        self.ready = asyncio.Event()

    def add(self, name: CounterName, amount: float = 1, **labels: str) -> None:
        """Raise a counter."""
        key = name, tuple(labels.items())
        self._counters[key] = self._counters.get(key, 0) + amount

    def set(self, name: GaugeName, value: float, **labels: str) -> None:
        """Set a gauge."""
        self._gauges[name, tuple(labels.items())] = value

    def observe(self, name: HistogramName, value: float, **labels: str) -> None:
        """Hand on one observation: it cannot be added up."""
        self._telemetry.observe(name, value, **labels)

    def hand_on(self) -> None:
        """Hand on what was added up."""
        counters, self._counters = self._counters, {}
        gauges, self._gauges = self._gauges, {}
        for (counter, labels), amount in counters.items():
            self._telemetry.add(counter, amount, **dict(labels))
        for (gauge, labels), value in gauges.items():
            self._telemetry.set(gauge, value, **dict(labels))

    async def keep(self) -> None:
        """Hand on for ever, and once more at the end."""
        self.ready.set()
        try:
            while True:
                await asyncio.sleep(_HANDED_ON_SECONDS)
                self.hand_on()
        finally:
            self.hand_on()
