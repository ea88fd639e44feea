"""Dashboards: a question each, of metrics that there are, in PromQL that Prometheus reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.monitoring import promtool, unknown_metrics

FOLDER: Final = Path(__file__).parents[2] / "ops" / "grafana"
DASHBOARDS: Final = {file.stem: json.loads(file.read_text()) for file in sorted((FOLDER / "dashboards").glob("*.json"))}


def _expressions(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def test_there_is_one_for_each_question() -> None:
    """With names that differ."""
    expected = [
        "Are events getting in?",
        "Are reports quick?",
        "Are sites checked and messages sent?",
        "Are the nightly jobs done?",
        "How far behind are we?",
        "How is PostgreSQL?",
    ]
    assert expected == sorted(dashboard["title"] for dashboard in DASHBOARDS.values())
    assert len({dashboard["uid"] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_panel_says_what_it_shows(name: str) -> None:
    """With a unit and the data source that is provided; none lies over another."""
    dashboard = DASHBOARDS[name]
    assert dashboard["schemaVersion"] >= 39
    (source,) = yaml.safe_load((FOLDER / "provisioning/datasources/prometheus.yml").read_text())["datasources"]
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        assert panel["type"] in {"stat", "timeseries"}
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {source["uid"]}
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken
        taken |= cells
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_asks_for_what_there_is(name: str) -> None:
    """A metric that was renamed would leave a panel empty."""
    assert [unknown_metrics(expression) for expression in _expressions(DASHBOARDS[name])] == [
        set() for _ in _expressions(DASHBOARDS[name])
    ]


def test_prometheus_reads_every_expression(tmp_path: Path) -> None:
    """Put as rules, which its tool checks."""
    expressions = [expression for dashboard in DASHBOARDS.values() for expression in _expressions(dashboard)]
    rules = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(expressions)
    ]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    assert f"{len(expressions)} rules found" in promtool("check", "rules", str(file))


def test_the_dashboards_are_provided() -> None:
    """From the folder that the compose file mounts."""
    (provider,) = yaml.safe_load((FOLDER / "provisioning/dashboards/footfall.yml").read_text())["providers"]
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"
