"""Prometheus' part: its configuration is one, each alert fires when it should, and asks for what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.monitoring import promtool, unknown_metrics

FOLDER: Final = Path(__file__).parents[2] / "ops" / "prometheus"
RULES: Final = sorted((FOLDER / "rules").glob("*.yml"))
TESTS: Final = sorted((FOLDER / "tests").glob("*.yml"))
DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "alerts.md"


def _alerts() -> list[dict[str, Any]]:
    groups = [group for file in RULES for group in yaml.safe_load(file.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"]]


ALERTS: Final = _alerts()


def test_the_configuration_is_one(tmp_path: Path) -> None:
    """With all it refers to; the token's file is there in its container only."""
    copy = shutil.copytree(FOLDER, tmp_path / "prometheus")
    token = tmp_path / "token"
    token.write_text("t" * 32)
    config = copy / "prometheus.yml"
    text = config.read_text()
    assert text.count("/run/secrets/metrics_token") == 1
    config.write_text(text.replace("/run/secrets/metrics_token", str(token)))
    promtool("check", "config", str(config))


def test_every_rule_does_as_its_tests_say() -> None:
    """By Prometheus' own tests of rules."""
    promtool("check", "rules", *map(str, RULES))
    promtool("test", "rules", *map(str, TESTS))


def test_every_rule_is_tested_to_fire_and_to_be_quiet() -> None:
    """A rule that cannot fire is none, nor is one that always does."""
    fires: set[str] = set()
    quiet: set[str] = set()
    for file in TESTS:
        for case in yaml.safe_load(file.read_text())["tests"]:
            for expected in case["alert_rule_test"]:
                (fires if expected["exp_alerts"] else quiet).add(expected["alertname"])
    names = {alert["alert"] for alert in ALERTS}
    assert (fires, quiet) == (names, names)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_a_rule_says_what_to_do(alert: dict[str, Any]) -> None:
    """How bad it is, what it means, and where there is more; and it asks for metrics that there are."""
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(alert["annotations"]) == {"summary", "description", "runbook"}
    file, _, anchor = alert["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^### (\w+)$", DOCUMENT.read_text(), re.MULTILINE)
    assert (file, anchor) == ("docs/alerts.md", alert["alert"].lower())
    assert alert["alert"] in headings
    assert unknown_metrics(alert["expr"]) == set()


def test_the_document_has_no_alert_that_there_is_not() -> None:
    """One heading each."""
    headings = re.findall(r"^### (\w+)$", DOCUMENT.read_text(), re.MULTILINE)
    assert sorted(headings) == sorted(alert["alert"] for alert in ALERTS)


def test_a_wrong_rule_is_found(tmp_path: Path) -> None:
    """The tool that is asked does look."""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("groups: [{name: x, rules: [{alert: X, expr: 'sum(rate(a[5m])'}]}]\n")
    with pytest.raises(subprocess.CalledProcessError):
        promtool("check", "rules", str(wrong))
    assert unknown_metrics("rate(footfall_nothing_total[5m]) > up") == {"footfall_nothing_total"}
