"""A cluster's commands: they wait for what they need, and operators see and mend what is stuck."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest
from kafka import KafkaProducer, TopicPartition

from core.events import Event, EventType
from core.spans import DAY, day_of
from ops.clock import SystemClock
from ops.services import ports
from storage.migrate import migrate
from storage.times import instant
from streams.codec import encode
from streams.kafka.topics import admin_client
from tests.commands import footfall

FOOTFALL = Path(sys.executable).with_name("footfall")
SOON = 60.0


def _environment(**settings: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FOOTFALL_")} | settings


class Waiting:
    """A command that runs until it is told to end, with its log."""

    def __init__(self, log: Path, *arguments: str, env: dict[str, str]) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen([str(FOOTFALL), *arguments], env=env, stdout=output, stderr=output)

    def says(self, text: str) -> bool:
        """Wait until the log has `text`."""
        deadline = time.monotonic() + SOON
        while text not in self._log.read_text():
            assert self._process.poll() is None, self._log.read_text()
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def end(self) -> int:
        """SIGTERM; return the status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(30)
        finally:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def database(postgres_database: str) -> str:
    """A migrated database."""
    return postgres_database


@pytest.fixture
def cluster(database: str, kafka_bootstrap: str) -> dict[str, str]:
    """The environment of a cluster with a topic of its own."""
    env = _environment(
        DATABASE_URL=database,
        KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap,
        FOOTFALL_TOPIC_GENERATION=str(secrets.randbelow(1 << 30) + 1_000),
        FOOTFALL_PARTITIONS="2",
        FOOTFALL_METRICS_PORT=str(ports.free()),
    )
    made = footfall("topics", "create", **env)
    assert made.stdout == f"footfall-events-{env['FOOTFALL_TOPIC_GENERATION']}: 2 partitions\n", made.stderr
    return env


@pytest.mark.parametrize("name", ["collect", "work", "schedule", "api"])
def test_it_waits_for_the_database(tmp_path: Path, name: str) -> None:
    """The log says for whom, without the password, and SIGTERM ends the waiting in order."""
    env = _environment(DATABASE_URL="postgresql://me:geheim@127.0.0.1:1/x", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    waiting = Waiting(tmp_path / "log", name, env=env)
    try:
        assert waiting.says("waiting for PostgreSQL at 127.0.0.1:1")
    finally:
        status = waiting.end()
    assert status == 0
    assert "geheim" not in (tmp_path / "log").read_text()


def test_it_waits_for_migrations_and_broker(tmp_path: Path, empty_postgres_database: str) -> None:
    """Each thing that is missing is named in turn."""
    env = _environment(DATABASE_URL=empty_postgres_database, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    waiting = Waiting(tmp_path / "log", "schedule", env=env | {"FOOTFALL_METRICS_PORT": "0"})
    try:
        assert waiting.says("footfall migrate")
        migrate(empty_postgres_database)
        assert waiting.says("waiting for Kafka")
    finally:
        waiting.end()


@pytest.mark.kafka
def test_a_worker_shows_health_and_metrics(tmp_path: Path, cluster: dict[str, str]) -> None:
    """They are on the metrics port while it works, the metrics for who has the token, and it ends with status 0."""
    token = secrets.token_urlsafe(32)
    worker = Waiting(tmp_path / "log", "work", env=cluster | {"FOOTFALL_METRICS_TOKEN": token})
    try:
        assert worker.says("own partitions [0, 1]")
        base = f"http://127.0.0.1:{cluster['FOOTFALL_METRICS_PORT']}"
        for path in ("/health", "/health/live", "/health/ready"):
            assert httpx.get(base + path).json() == {"status": "ok"}
        assert httpx.get(f"{base}/metrics").status_code == 401
        shown = httpx.get(f"{base}/metrics", headers={"Authorization": f"Bearer {token}"})
        assert "footfall_rebalances_total 1.0" in shown.text
    finally:
        status = worker.end()
    assert status == 0


@pytest.mark.kafka
def test_dead_letters_are_listed_and_replayed(cluster: dict[str, str]) -> None:
    """A young event goes back to its partition, one of the past is counted, others stay with a reason."""
    now = SystemClock().now_ms()
    _keep_letters(
        cluster["DATABASE_URL"],
        ("refused", encode(0, 0, [_event(now)])),
        ("too_late", encode(0, 0, [_event(now - 2 * DAY)])),
        ("too_late", encode(0, 0, [_event(now - 5 * DAY)])),
        ("undecodable", b"nonsense"),
    )
    listed = json.loads(footfall("dead-letters", "list", "--json", **cluster).stdout)
    reasons = ["refused", "too_late", "too_late", "undecodable"]
    assert [(letter["id"], letter["reason"]) for letter in listed] == list(enumerate(reasons, 1))
    done = footfall("dead-letters", "replay", **cluster)
    undecodable, young, summary = done.stdout.splitlines()
    assert done.returncode == 4, done.stderr
    assert undecodable.startswith("4: cannot be read: ")
    day = instant(day_of(now) + DAY)
    assert young == f"2: older than 24 h: can be replayed from {day:%Y-%m-%d} on"
    assert summary == "2 replayed, 2 left"
    left = json.loads(footfall("dead-letters", "list", "--json", **cluster).stdout)
    assert [letter["id"] for letter in left] == [2, 4]
    with psycopg.connect(cluster["DATABASE_URL"]) as connection:
        stored = connection.execute("SELECT ts FROM events").fetchall()
    assert stored == [(instant(now - 5 * DAY),)]
    positions = json.loads(footfall("positions", "--json", **cluster).stdout)
    assert [(row["partition"], row["end"]) for row in positions] == [(0, 0), (1, 1)]
    assert positions[1]["verdict"] == "messages wait for a worker"


@pytest.mark.kafka
def test_the_group_is_set_to_the_stored_positions(cluster: dict[str, str]) -> None:
    """After a restore the workers' group reads on from where the store is."""
    log = f"footfall-events-{cluster['FOOTFALL_TOPIC_GENERATION']}"
    with psycopg.connect(cluster["DATABASE_URL"]) as connection:
        connection.execute("INSERT INTO positions VALUES (%s, 1, 0, now(), now())", (log,))
    done = footfall("positions", "--reset-group", **cluster)
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads(footfall("positions", "--json", **cluster).stdout)
    assert [(row["partition"], row["stored"], row["group"]) for row in rows] == [(0, None, None), (1, 0, 0)]


@pytest.mark.kafka
def test_lost_messages_are_passed_over(cluster: dict[str, str]) -> None:
    """A partition whose next message Kafka has deleted goes on behind it when somebody says so, and only then."""
    log = f"footfall-events-{cluster['FOOTFALL_TOPIC_GENERATION']}"
    with psycopg.connect(cluster["DATABASE_URL"]) as connection:
        connection.execute("INSERT INTO positions VALUES (%s, 1, 0, now(), now())", (log,))
    with closing(KafkaProducer(bootstrap_servers=cluster["KAFKA_BOOTSTRAP_SERVERS"])) as producer:
        producer.send(log, b"a message", partition=1).get(60)
    assert footfall("positions", "--pass-over-lost", **cluster).stdout == "no partition has lost messages\n"
    with admin_client(cluster["KAFKA_BOOTSTRAP_SERVERS"]) as admin:
        admin.delete_records({TopicPartition(log, 1): 1})
    (_, stopped) = json.loads(footfall("positions", "--json", **cluster).stdout)
    assert stopped["verdict"].startswith("messages were deleted before they were applied")
    done = footfall("positions", "--pass-over-lost", **cluster)
    assert done.stdout == "partition 1 goes on behind 1 lost messages: start its worker again\n"
    (_, goes_on) = json.loads(footfall("positions", "--json", **cluster).stdout)
    assert (goes_on["stored"], goes_on["verdict"]) == (1, "everything is applied")


def test_a_letter_of_the_past_needs_no_log(database: str) -> None:
    """Without any young letter nothing is asked of the broker; a letter named by its id goes alone."""
    env = _environment(DATABASE_URL=database, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    long_ago = SystemClock().now_ms() - 30 * DAY
    _keep_letters(database, *(("too_late", encode(0, 0, [_event(long_ago + number)])) for number in range(3)))
    first = footfall("dead-letters", "replay", "2", **env)
    assert (first.returncode, first.stdout) == (0, "1 replayed, 0 left\n"), first.stderr
    assert footfall("dead-letters", "replay", **env).stdout == "2 replayed, 0 left\n"


def test_a_single_node_that_is_stopped_replays_nothing(tmp_path: Path) -> None:
    """There is nobody to send to; the letter keeps waiting."""
    env = _environment()
    data = str(tmp_path / "data")
    assert footfall("migrate", "--data", data, **env).returncode == 0
    assert footfall("dead-letters", "replay", "--data", data, **env).stdout == "0 replayed, 0 left\n"
    missing = footfall("dead-letters", "replay", "9", "--data", data, **env)
    assert (missing.returncode, "none of these" in missing.stderr) == (1, True)


def _keep_letters(dsn: str, *letters: tuple[str, bytes]) -> None:
    """Put dead letters of partition 1 into the database: reason and payload."""
    with psycopg.connect(dsn) as connection:
        for letter in letters:
            connection.execute(
                "INSERT INTO dead_letters (log, partition, message, appended_at, reason, error, payload)"
                " VALUES ('log', 1, 7, now(), %s, 'why', %s)",
                letter,
            )


def _event(ts: int) -> Event:
    texts = dict.fromkeys(Event._fields, "")
    numbers = {"ts": ts, "event_id": 5, "visitor": 9, "prev": 0, "site": 1, "traffic": 0}
    return Event(**texts | numbers | {"type": EventType.PAGE_VIEW.value, "status": 0, "engaged_ms": 0})  # type: ignore[arg-type]  # built by name
