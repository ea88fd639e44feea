"""The partitions a worker owns, and the batches that are dealt out among them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from faust.types import TP

from streams.kafka.ends import ends
from streams.messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import faust
    from faust.types import EventT

    from core.telemetry import Telemetry
    from streams.kafka.ends import Ends
    from streams.kafka.partition import Partition
    from streams.kafka.topics import Topic

logger = logging.getLogger(__name__)

#: A partition that moves is waited for while its batch commits; what takes longer is fenced by the new owner.
_CLOSE_PATIENCE = 2.0
_UNASSIGNED: Final = "the group has not handed out its partitions yet"


class Assignment:
    """What the group has given to this worker. `make` builds a partition; `fail` is called once it gives up."""

    def __init__(
        self,
        *,
        make: Callable[[int], Partition],
        fail: Callable[[Exception], None],
        telemetry: Telemetry,
        flushes_at_once: int,
    ) -> None:
        self._make = make
        self._fail = fail
        self._telemetry = telemetry
        self._partitions: dict[int, Partition] = {}
        self._turns = asyncio.Semaphore(flushes_at_once)
        self._opening: set[asyncio.Task[None]] = set()
        self._handling = 0
        self._has_been_assigned = False

    def problem(self) -> str | None:
        """Return why this worker does not do its part, or None; asked from any thread. Its part may be nothing."""
        if not self._has_been_assigned:
            return _UNASSIGNED
        return next(filter(None, [partition.problem() for partition in list(self._partitions.values())]), None)

    async def assigned(self, numbers: Collection[int]) -> None:
        """Own exactly these partitions.

        Every rebalance takes all partitions away and hands them out again; one that comes back keeps its state, since
        its next transaction is fenced if anybody else has written meanwhile.
        """
        self._telemetry.add("footfall_rebalances_total")
        logger.info("own partitions %s", sorted(numbers) or "none")
        self._has_been_assigned = True
        await self._close([number for number in self._partitions if number not in numbers])
        for number in numbers:
            kept = self._partitions.get(number)
            if kept is not None and not kept.halted:
                continue
            if kept is not None:
                await self._close([number])
            partition = self._partitions[number] = self._make(number)
            task = asyncio.create_task(partition.open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def close(self) -> None:
        """Give all partitions up, each after the batch in work."""
        await self._close(list(self._partitions))

    async def handle(self, events: Sequence[EventT[bytes]]) -> list[EventT[bytes]]:
        """Apply the messages and return those that may be acknowledged: what the store has. Never raises."""
        by_partition: dict[int, list[EventT[bytes]]] = {}
        for event in events:
            by_partition.setdefault(event.message.partition, []).append(event)
        self._handling += 1
        try:
            flushed = await asyncio.gather(*(self._flush(number, batch) for number, batch in by_partition.items()))
        finally:
            self._handling -= 1
        return [event for batch in flushed for event in batch]

    async def watch(self, every: float) -> None:
        """Keep quiet partitions from looking as if they were behind, for ever, every `every` seconds."""
        while True:
            await asyncio.sleep(every)
            partitions = list(self._partitions.values())
            done = await asyncio.gather(*(partition.reach() for partition in partitions), return_exceptions=True)
            for partition, error in zip(partitions, done, strict=True):
                if isinstance(error, Exception):
                    logger.warning("the position of quiet partition %d is not moved: %s", partition.number, error)

    async def stalled(self, every: float, looks: int) -> str:
        """Return what stands still, once a partition has had messages before it at `looks` looks and none came.

        A broker that goes away amid a rebalance can leave the consumer in the group and without messages for ever; one
        that knows of no brokers yet ends the consumer's part in the group without a word, so that nothing is ever
        handed out. A group that misses a member takes `looks` looks to notice and as long again for a rebalance.
        While a batch is in work nothing is looked at: the others may wait for it, and the store may be away.
        """
        stood: dict[int, tuple[int, int]] = {}  # position, and at how many looks in a row
        outside = 0  # looks
        while True:
            await asyncio.sleep(every)
            outside += not self._has_been_assigned
            if outside >= 2 * looks and not self._has_been_assigned:
                return _UNASSIGNED
            if self._handling:
                continue
            partitions = list(self._partitions.values())
            found = await asyncio.gather(*(partition.standing() for partition in partitions), return_exceptions=True)
            before, stood = stood, {}
            for partition, position in zip(partitions, found, strict=True):
                if isinstance(position, int):
                    known, times = before.get(partition.number, (position, 0))
                    stood[partition.number] = (position, times + 1 if known == position else 1)
                    if stood[partition.number][1] >= looks:
                        return f"no messages come for partition {partition.number}, though the log has some"

    async def _flush(self, number: int, events: list[EventT[bytes]]) -> list[EventT[bytes]]:
        partition = self._partitions.get(number)
        if partition is None:
            return []  # it has moved; its new owner reads them
        messages = [
            Message.read(event.message.offset, round(event.message.timestamp * 1_000), event.value) for event in events
        ]
        try:
            async with self._turns:
                position = await partition.take(messages)
        except Exception as error:  # noqa: BLE001 - the loop that feeds all partitions must go on until it is stopped
            self._fail(error)
            return []
        return [event for event in events if event.message.offset < position]

    async def _close(self, numbers: Sequence[int]) -> None:
        going = [self._partitions.pop(number) for number in numbers]
        await asyncio.gather(*(partition.close(_CLOSE_PATIENCE) for partition in going))


class FaustReader:
    """`streams.kafka.partition.Reader` on the application's consumer."""

    def __init__(self, app: faust.App, bootstrap: str, topic: Topic) -> None:
        self._app = app
        self._bootstrap = bootstrap
        self._topic = topic
        self._lock = asyncio.Lock()
        self._asked = self._answered = 0
        self._ends: dict[int, Ends] = {}

    async def seek(self, partition: int, offset: int) -> None:
        """Read on from `offset`."""
        await self._app.consumer.seek_wait({TP(self._topic.name, partition): offset})

    async def bounds(self, partition: int) -> Ends:
        """Return the ends of the partition as they are after this call. Many calls at once share one look at the log.

        The consumer could tell too, but its answers queue behind a request that waits for the next message.
        """
        self._asked += 1
        mine = self._asked
        async with self._lock:
            if self._answered < mine:
                answers = self._asked
                self._ends = await asyncio.to_thread(ends, self._bootstrap, self._topic)
                self._answered = answers
            return self._ends[partition]

    def pause(self, partition: int) -> None:
        """Read nothing of it until partitions are handed out again."""
        self._app.consumer.pause_partitions({TP(self._topic.name, partition)})
