"""`footfall ignore`, run in this process: what it keeps, prints and refuses."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from core.errors import InvalidInput, NotFound
from ops.cli.ignore import app


@pytest.fixture
def run(postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Runs commands on a database of their own."""
    monkeypatch.setenv("DATABASE_URL", postgres_database)
    return CliRunner()


def _listed(run: CliRunner) -> list[str]:
    return [row["network"] for row in json.loads(run.invoke(app, ["list", "--json"]).stdout)]


def test_networks_come_and_go(run: CliRunner) -> None:
    """Each stands there once, in its one form, however it is written."""
    added = [run.invoke(app, ["add", text]).stdout for text in ("10.1.2.3/8", "10.0.0.0/8", "2001:DB8::1")]
    assert added == ["ignoring 10.0.0.0/8\n", "ignoring 10.0.0.0/8\n", "ignoring 2001:db8::1\n"]
    assert _listed(run) == ["10.0.0.0/8", "2001:db8::1"]
    assert run.invoke(app, ["remove", "10.0.0.9/8"]).stdout == "counting 10.0.0.0/8 again\n"
    assert _listed(run) == ["2001:db8::1"]


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (["add", "everybody"], InvalidInput, "203.0.113.7"),
        (["remove", "everybody"], InvalidInput, "203.0.113.7"),
        (["remove", "203.0.113.7"], NotFound, "footfall ignore list"),
    ],
)
def test_what_is_refused(run: CliRunner, arguments: list[str], error: type[Exception], says: str) -> None:
    """What is no address, and to take away what is not there."""
    ended = run.invoke(app, arguments).exception
    assert (type(ended), says in str(ended)) == (error, True)
