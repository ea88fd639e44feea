"""Telemetry that remembers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.telemetry import CounterName, GaugeName, HistogramName


class Measurements:
    """`core.telemetry.Telemetry` for tests to read; labels are left out."""

    def __init__(self) -> None:
        self.counters: Counter[str] = Counter()
        self.gauges: dict[str, float] = {}
        self.observations: list[tuple[str, float]] = []

    def add(self, name: CounterName, amount: float = 1, **_labels: str) -> None:
        """Raise a counter."""
        self.counters[name] += int(amount)

    def set(self, name: GaugeName, value: float, **_labels: str) -> None:
        """Set a gauge."""
        self.gauges[name] = value

    def observe(self, name: HistogramName, value: float, **_labels: str) -> None:
        """Remember an observation."""
        self.observations.append((name, value))
