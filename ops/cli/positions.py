"""`footfall positions`: how far each partition has been applied, against the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import psycopg
import typer

from core.errors import InvalidInput
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, say, show
from storage import positions as stored
from storage.times import instant

if TYPE_CHECKING:
    from ops.settings import Settings

_STORED = ("log", "partition", "next", "applied_to")
_COMPARED = ("partition", "stored", "first", "end", "group", "verdict")


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    examples = ("footfall positions", "footfall positions --reset-group", "footfall positions --pass-over-lost")
    app.command(epilog=epilog(*examples))(positions)


def positions(
    *,
    data: Data = None,
    reset_group: Annotated[
        bool, typer.Option("--reset-group", help="Let the workers' group read on from the stored positions.")
    ] = False,
    pass_over_lost: Annotated[
        bool,
        typer.Option(
            "--pass-over-lost", help="Let partitions go on whose next messages Kafka has deleted: these are lost."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how far each partition has been applied; in a cluster beside what Kafka has and what the group committed.

    The stored position decides, never the group's offset. After a restore of the database --reset-group moves the
    group back to it; stop the workers first.

    A partition is stopped when Kafka has deleted messages that were not applied. Their events cannot be had back;
    --pass-over-lost says how many messages that are, and lets the partition go on behind them once its worker is
    started again.
    """
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = stored.listed(connection)
    if data is None and settings.kafka_bootstrap_servers:
        if pass_over_lost:
            _pass_over_lost(settings, found)
            return
        _against_kafka(settings, found, reset_group=reset_group, as_json=as_json)
    elif reset_group or pass_over_lost:
        raise InvalidInput("a single node has no log in Kafka: this needs KAFKA_BOOTSTRAP_SERVERS")
    else:
        rows = [
            (log, partition, position.next, instant(position.applied_to).isoformat())
            for log, partition, position in found
        ]
        show(_STORED, rows, as_json=as_json)


def _pass_over_lost(settings: Settings, found: list[tuple[str, int, stored.Position]]) -> None:
    from ops.wiring.cluster import group_of, topic_of
    from streams.kafka import offsets

    topic = topic_of(settings)
    nexts = {partition: position.next for log, partition, position in found if log == topic.name}
    lost = {
        row.partition: row.begin - row.position
        for row in offsets.compare(settings.kafka_bootstrap_servers, topic, group_of(topic), nexts)
        if row.position is not None and row.verdict is offsets.Verdict.GONE
    }
    with psycopg.connect(settings.database_url) as connection:
        for partition, messages in lost.items():
            stored.skip(connection, topic.name, partition, to=nexts[partition] + messages)
    for partition, messages in lost.items():
        say(f"partition {partition} goes on behind {messages} lost messages: start its worker again")
    if not lost:
        say("no partition has lost messages")


def _against_kafka(
    settings: Settings, found: list[tuple[str, int, stored.Position]], *, reset_group: bool, as_json: bool
) -> None:
    from ops.wiring.cluster import group_of, topic_of
    from streams.kafka import offsets

    brokers, topic = settings.kafka_bootstrap_servers, topic_of(settings)
    group = group_of(topic)
    nexts = {partition: position.next for log, partition, position in found if log == topic.name}
    if reset_group:
        offsets.reset_group(brokers, topic, group, nexts)
        say(f"group {group} reads on from the stored positions")
        return
    rows = [(*compared, compared.verdict.value) for compared in offsets.compare(brokers, topic, group, nexts)]
    show(_COMPARED, rows, as_json=as_json)
