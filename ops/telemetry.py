"""Our own metrics for Prometheus: what `core.telemetry` declares, in a registry of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from core.telemetry import METRICS, MetricKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prometheus_client.metrics_core import Metric

    from core.telemetry import CounterName, GaugeName, HistogramName

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_COUNTS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
_MINUTES: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1_800, 3_600)
_BUCKETS: Final = {"footfall_flush_events": _COUNTS, "footfall_job_seconds": _MINUTES}


class PrometheusTelemetry:
    """`core.telemetry.Telemetry`. A measurement costs a look-up and a lock; label sets are made once."""

    def __init__(self, process: str) -> None:
        """Register every metric.

        Args:
            process: what this process is, such as ``"http"``; the label of its processor time and memory.
        """
        self.process = process
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library does not say what it returns
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        self._families: dict[str, Counter | Gauge | Histogram] = {}
        for name, metric in METRICS.items():
            if metric.kind is MetricKind.COUNTER:
                family: Counter | Gauge | Histogram = Counter(
                    name, metric.meaning, metric.labels, registry=self._registry
                )
            elif metric.kind is MetricKind.GAUGE:
                family = Gauge(name, metric.meaning, metric.labels, registry=self._registry)
            else:
                family = Histogram(
                    name, metric.meaning, metric.labels, registry=self._registry, buckets=_BUCKETS.get(name, _SECONDS)
                )
            self._families[name] = family
            for value in metric.known:
                family.labels(value)
        self._actions: dict[tuple[object, ...], Callable[[float], None]] = {}

    def add(self, name: CounterName, amount: float = 1, **labels: str) -> None:
        """Raise a counter."""
        (self._actions.get((name, *labels.items())) or self._action(name, labels))(amount)

    def set(self, name: GaugeName, value: float, **labels: str) -> None:
        """Set a gauge."""
        (self._actions.get((name, *labels.items())) or self._action(name, labels))(value)

    def observe(self, name: HistogramName, value: float, **labels: str) -> None:
        """Add one observation to a histogram."""
        (self._actions.get((name, *labels.items())) or self._action(name, labels))(value)

    def exposition(self, others: Iterable[bytes] = ()) -> bytes:
        """Return everything in Prometheus' text format.

        Args:
            others: expositions of other processes; each family appears once, samples of the same labels are added up.
        """
        families = {family.name: family for family in self._collected()}
        for other in others:
            for family in text_string_to_metric_families(other.decode()):
                families[family.name] = _sum(families[family.name], family) if family.name in families else family
        return generate_latest(_Fixed(families.values()))

    def _collected(self) -> Iterable[Metric]:
        for family in self._registry.collect():
            if family.name.startswith("process_"):
                family.samples = [
                    Sample(sample.name, {**sample.labels, "process": self.process}, sample.value)
                    for sample in family.samples
                ]
            yield family

    def _action(self, name: str, labels: dict[str, str]) -> Callable[[float], None]:
        family = self._families[name]
        child = family.labels(**labels) if labels else family
        if isinstance(child, Counter):
            action: Callable[[float], None] = child.inc
        elif isinstance(child, Gauge):
            action = child.set
        else:
            action = child.observe
        self._actions[name, *labels.items()] = action
        return action


class _Fixed(Collector):
    """Families that were collected already, for `generate_latest`."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _sum(one: Metric, other: Metric) -> Metric:
    """Return a family with the samples of both, in the order of `one`."""
    values: dict[tuple[str, frozenset[tuple[str, str]]], Sample] = {}
    for sample in (*one.samples, *other.samples):
        key = (sample.name, frozenset(sample.labels.items()))
        before = values.get(key)
        values[key] = sample if before is None else Sample(sample.name, sample.labels, before.value + sample.value)
    one.samples = list(values.values())
    return one
