"""`footfall doctor` on a real database and a real broker."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
from typer.testing import CliRunner

from core.spans import DAY, HOUR
from ops.cli.app import app
from ops.clock import SystemClock
from storage.times import instant

if TYPE_CHECKING:
    import pytest

RUNNER = CliRunner()


def _findings() -> dict[str, str]:
    answer = RUNNER.invoke(app, ["doctor", "--json"])
    found = {row["subject"]: row["verdict"] for row in json.loads(answer.stdout)}
    assert ("wrong" in found.values()) is (answer.exit_code == 1)
    return found


def test_a_cluster_is_examined(timescale_database: str, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is planted is found, by its name, and nothing else of the database is wrong."""
    monkeypatch.setenv("DATABASE_URL", timescale_database)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka_bootstrap)
    before = _findings()
    assert tuple(before[subject] for subject in ("database", "clock", "salts", "rollups", "dead letters")) == (
        "ok",
        "ok",
        "ok",
        "ok",
        "ok",
    )
    assert (before["scheduler"], before["keys"], before["chunks"]) == ("wrong", "look", "ok")
    now = SystemClock().now_ms()
    with psycopg.connect(timescale_database) as connection:
        connection.execute("INSERT INTO salts VALUES (%s, %s)", [instant(now - 3 * DAY).date(), b"x" * 32])
        connection.execute(
            "INSERT INTO dead_letters (log, partition, message, appended_at, reason, error, payload)"
            " VALUES ('log', 0, 0, now(), 'undecodable', 'planted', '')"
        )
        account = connection.execute("INSERT INTO accounts (name) VALUES ('doctor') RETURNING id").fetchone()
        assert account is not None
        site = connection.execute(
            "INSERT INTO sites (account_id, domain) VALUES (%s, 'doctor.example') RETURNING id", account
        ).fetchone()
        assert site is not None
        hour = instant(now - 4 * HOUR).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
        connection.execute("INSERT INTO marks VALUES (%s, %s, 0, 1)", [*site, hour])
    after = _findings()
    assert (after["salts"], after["dead letters"], after["rollups"]) == ("wrong", "look", "look")


def test_what_does_not_answer_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a database nor a broker that is away ends the examination of the rest."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/footfall?connect_timeout=2")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    found = _findings()
    assert (found["database"], found["kafka"], found["open files"]) == ("wrong", "wrong", "ok")
