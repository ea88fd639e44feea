"""The Faust application: one topic of packed messages, one agent that acknowledges what its handler says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import faust

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from faust.streams import Stream
    from faust.types import EventT, StreamT

#: The consumer group of all workers.
GROUP: Final = "footfall-worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """How a worker takes part. Seconds, counts, bytes."""

    group: str = GROUP
    take: int = 1_000  #: most messages handled at once: a worker that is behind writes larger batches
    within: float = 0.05  #: how long messages are gathered
    buffer: int = 4_096  #: messages read ahead
    fetch_bytes: int = 1_048_576  #: read ahead, a partition and request
    session_timeout: float = 30.0  #: a worker that died is missed after it
    heartbeat_interval: float = 3.0
    rebalance_timeout: float = 30.0
    request_timeout: float = 40.0  #: must not be below the session's
    #: When the partitions are looked up again. A broker that has just come up may know of none, and who hands them out
    #: then gives none to anybody; once they are known, the group joins anew.
    metadata_age: float = 10.0
    commit_interval: float = 1.0
    flushes_at_once: int = 3  #: transactions, each on a connection of its own
    quiet_every: float = 60.0  #: how often partitions are looked for of which nothing comes
    #: How often it is looked whether messages come that the log has, and at how many looks in a row none may: longer
    #: than a rebalance takes.
    stall_every: float = 10.0
    stall_looks: int = 6
    stop_timeout: float = 8.0  #: then the worker ends whatever it waits for


class _App(faust.App):
    def _create_directories(self) -> None:
        """Make none: there are no tables to keep."""


def build(
    bootstrap: str,
    topic: str,
    settings: WorkerSettings,
    handle: Callable[[Sequence[EventT[bytes]]], Awaitable[Sequence[EventT[bytes]]]],
) -> faust.App:
    """Return an application that gives batches of raw messages to `handle` and acknowledges those it returns.

    `handle` must not raise. `noack_take` is used because plain iteration and `take` acknowledge a batch whose body
    raised; a worker that must not go on calls `app.crash`. There are no tables, so partitions are handed out evenly,
    and the web server, the leader topic and the making of topics are all off.
    """
    app = _App(
        settings.group,
        broker=[f"aiokafka://{server}" for server in bootstrap.split(",")],
        autodiscover=False,
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        store="memory://",
        # Kept on what was never committed; the stored position decides anyway.
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=settings.fetch_bytes,
        consumer_metadata_max_age_ms=round(settings.metadata_age * 1_000),
        # With True a stop would wait for messages that nobody will acknowledge any more.
        stream_wait_empty=False,
        stream_buffer_maxsize=settings.buffer,
        broker_commit_interval=settings.commit_interval,
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.heartbeat_interval,
        broker_rebalance_timeout=settings.rebalance_timeout,
        broker_request_timeout=settings.request_timeout,
        worker_redirect_stdouts=False,
    )
    channel = app.topic(topic, value_type=bytes, value_serializer="raw", key_serializer="raw")

    @app.agent(channel, name="apply", concurrency=1)
    async def apply(stream: StreamT[EventT[bytes]]) -> None:
        async for events in cast("Stream[EventT[bytes]]", stream).noack_take(settings.take, within=settings.within):
            for event in await handle(events):
                await stream.ack(event)

    return app
