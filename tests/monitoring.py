"""What the tests of alerts and dashboards share: Prometheus' own tool, and the metrics that there are."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Final

from core.telemetry import METRICS, MetricKind
from tests.services import require

#: What Prometheus and the client library add.
_STANDARD: Final = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"}
_PARTS: Final = {MetricKind.HISTOGRAM: ("_bucket", "_sum", "_count")}


def promtool(*arguments: str) -> str:
    """Run Prometheus' tool and return what it says.

    Raises:
        subprocess.CalledProcessError: it found something wrong; what it said is printed.
    """
    found = shutil.which("promtool")
    if found is None:
        require("promtool is not installed: apt-get install prometheus")
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False, timeout=250)
    if done.returncode:
        print(done.stdout, done.stderr)  # noqa: T201 - pytest shows it where the test fails
    done.check_returncode()
    return done.stdout


def unknown_metrics(expression: str) -> set[str]:
    """Return the metrics in a PromQL expression that nobody has."""
    known = _STANDARD | {name + part for name, metric in METRICS.items() for part in _PARTS.get(metric.kind, ("",))}
    without_strings = re.sub(r'"[^"]*"', '""', expression)
    without_labels = re.sub(r"\{[^}]*\}|(by|without|on|ignoring) *\([^)]*\)", "", without_strings)
    return set(re.findall(r"\b(?:footfall|process|up)\w*\b", without_labels)) - known
