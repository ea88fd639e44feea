"""How far the store is behind the log, measured beside the workers: a stuck one shows, and so does a missing one."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from core.errors import Unavailable
from core.spans import HOUR, SECOND
from streams.kafka.clients import beginning
from streams.kafka.ends import ends
from streams.kafka.topics import RETENTION_MS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from core.clock import Clock
    from core.telemetry import Telemetry
    from streams.kafka.topics import Topic

logger = logging.getLogger(__name__)

#: Share of the log's retention that the oldest message not yet applied may reach before nothing more is accepted.
_NEAR_RETENTION: Final = 0.85
_READ_SECONDS: Final = 5.0
_REQUEST_MS: Final = 10_000


class PartitionLag(NamedTuple):
    """What one partition still has to apply; `seconds` is the age of the oldest such message, 0 without any."""

    partition: int
    messages: int
    seconds: float


class LagMonitor:
    """Measures every so often, sets the gauges, and says when the log is close to forgetting what nobody has applied.

    `positions` reads the next offset of each partition from the store; a partition that has none counts as new.
    """

    def __init__(  # noqa: PLR0913 - everything it depends on, named
        self,
        *,
        bootstrap: str,
        topic: Topic,
        positions: Callable[[], Awaitable[Mapping[int, int]]],
        clock: Clock,
        telemetry: Telemetry,
        retention_ms: int = RETENTION_MS,
    ) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._positions = positions
        self._clock = clock
        self._telemetry = telemetry
        self._retention_ms = retention_ms
        self._refusal: str | None = None

    def refusal(self) -> str | None:
        """Return why nothing more should be accepted now, or None; as of the last measurement that succeeded."""
        return self._refusal

    async def run(self, every: float = 10.0) -> None:
        """Measure for ever, every `every` seconds. A store or broker that is away leaves the gauges as they are."""
        while True:
            try:
                await self.measure()
            except Exception as error:  # noqa: BLE001 - monitoring goes on whatever happens
                logger.warning("the consumer lag cannot be measured: %s", error)
            await asyncio.sleep(every)

    async def measure(self) -> list[PartitionLag]:
        """Measure now, set the gauges, and return what was found, by partition.

        Raises:
            Unavailable: broker or store does not answer.
        """
        positions = await self._positions()
        lags = await asyncio.to_thread(self._read, positions)
        for lag in lags:
            self._telemetry.set("footfall_consumer_lag_messages", lag.messages, partition=str(lag.partition))
            self._telemetry.set("footfall_consumer_lag_seconds", lag.seconds, partition=str(lag.partition))
        oldest = max((lag.seconds for lag in lags), default=0.0)
        near = oldest * SECOND >= _NEAR_RETENTION * self._retention_ms
        self._refusal = (
            f"workers are {oldest * SECOND / HOUR:.0f} h behind and the log forgets after "
            f"{self._retention_ms / HOUR:.0f} h: start workers"
            if near
            else None
        )
        if self._refusal:
            logger.error("accepting no events: %s", self._refusal)
        return lags

    def _read(self, positions: Mapping[int, int]) -> list[PartitionLag]:
        found = ends(self._bootstrap, self._topic)
        # Messages that the log has forgotten are no lag; `footfall positions` and the workers tell of them.
        first = {number: max(positions.get(number, 0), where.begin) for number, where in found.items()}
        waiting = {number: offset for number, offset in first.items() if offset < found[number].end}
        appended = self._append_times(waiting) if waiting else {}
        now = self._clock.now_ms()
        return [
            PartitionLag(
                partition=number,
                messages=max(0, where.end - first[number]),
                seconds=max(0, now - appended.get(number, now)) / SECOND,
            )
            for number, where in sorted(found.items())
        ]

    def _append_times(self, offsets: Mapping[int, int]) -> dict[int, int]:
        """Return when the messages at these offsets were appended, ms since 1970 UTC; without what does not come."""
        found: dict[int, int] = {}
        try:
            with beginning() as connections:
                consumer = KafkaConsumer(
                    bootstrap_servers=self._bootstrap.split(","),
                    bootstrap_timeout_ms=_REQUEST_MS,
                    request_timeout_ms=_REQUEST_MS,
                    enable_auto_commit=False,
                    max_poll_records=1,
                    kafka_client=connections,
                )
            with closing(consumer):
                consumer.assign([TopicPartition(self._topic.name, number) for number in offsets])
                for number, offset in offsets.items():
                    consumer.seek(TopicPartition(self._topic.name, number), offset)
                deadline = time.monotonic() + _READ_SECONDS
                while len(found) < len(offsets) and time.monotonic() < deadline:
                    for which, records in consumer.poll(timeout_ms=500).items():
                        found.setdefault(which.partition, records[0].timestamp)
                        consumer.pause(which)
        except (KafkaError, OSError) as error:
            raise Unavailable(f"Kafka at {self._bootstrap} does not answer: {error}") from error
        return found
