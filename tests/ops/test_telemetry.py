"""Our own metrics as Prometheus reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.telemetry import METRICS
from ops.telemetry import PrometheusTelemetry
from tests.exposed import samples

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_every_metric_is_in_the_document() -> None:
    """docs/metrics.md has exactly one line for each metric, with kind, labels and meaning."""
    expected = [
        f"| `{name}` | {metric.kind} | {', '.join(f'`{label}`' for label in metric.labels)} | {metric.meaning} |"
        for name, metric in METRICS.items()
    ]
    actual = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `footfall_")]
    assert expected == actual


def test_no_metric_names_a_site_or_visitor() -> None:
    """Labels are of a closed kind."""
    allowed = {
        "cause",
        "channel",
        "kind",
        "method",
        "outcome",
        "partition",
        "path",
        "pool",
        "process",
        "reason",
        "report",
        "result",
        "route",
        "source",
        "state",
        "status",
        "step",
        "table",
        "traffic",
        "version",
    }
    assert {label for metric in METRICS.values() for label in metric.labels} <= allowed


def test_measurements_are_exposed() -> None:
    """Counters add up, gauges hold the last value, histograms count; label order does not matter."""
    telemetry = PrometheusTelemetry("test")
    telemetry.add("footfall_events_dropped_total", reason="dnt")
    telemetry.add("footfall_events_dropped_total", 2, reason="dnt")
    telemetry.add("footfall_http_requests_total", route="/health", method="GET", status="200")
    telemetry.add("footfall_http_requests_total", status="200", method="GET", route="/health")
    telemetry.set("footfall_marked_hours", 7)
    telemetry.set("footfall_marked_hours", 5)
    telemetry.observe("footfall_flush_events", 300)
    found = samples(telemetry.exposition())
    route = frozenset({"route": "/health", "method": "GET", "status": "200"}.items())
    expected = [3, 2, 5, 1, 300]
    assert expected == [
        found["footfall_events_dropped_total", frozenset({("reason", "dnt")})],
        found["footfall_http_requests_total", route],
        found["footfall_marked_hours", frozenset()],
        found["footfall_flush_events_count", frozenset()],
        found["footfall_flush_events_sum", frozenset()],
    ]


def test_an_unknown_metric_is_refused() -> None:
    """A name that is not declared cannot be measured."""
    with pytest.raises(KeyError):
        PrometheusTelemetry("test").add("footfall_nothing_total")  # type: ignore[arg-type]  # what is tested


def test_kinds_that_are_known_are_there_from_the_start() -> None:
    """At 0, so that Prometheus sees the first one being added."""
    found = samples(PrometheusTelemetry("test").exposition())
    known = {(name, metric.labels[0], value) for name, metric in METRICS.items() for value in metric.known}
    assert known
    assert [found[name, frozenset({(label, value)})] for name, label, value in known] == [0] * len(known)


def test_two_processes_share_each_family() -> None:
    """Samples of the same labels add up, each family is there once, processes are told apart."""
    http, engine = PrometheusTelemetry("http"), PrometheusTelemetry("engine")
    http.add("footfall_dead_letters_total", reason="too_late")
    engine.add("footfall_dead_letters_total", reason="too_late")
    engine.add("footfall_dead_letters_total", reason="refused")
    engine.observe("footfall_flush_seconds", 0.02)
    together = http.exposition([engine.exposition()])
    families = [line.split()[2] for line in together.decode().splitlines() if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    found = samples(together)
    assert found["footfall_dead_letters_total", frozenset({("reason", "too_late")})] == 2
    assert found["footfall_dead_letters_total", frozenset({("reason", "refused")})] == 1
    assert found["footfall_flush_seconds_count", frozenset()] == 1
    assert {labels for name, labels in found if name == "process_cpu_seconds_total"} == {
        frozenset({("process", "http")}),
        frozenset({("process", "engine")}),
    }
