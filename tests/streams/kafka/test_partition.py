"""A partition applies what is due, in order, through failures, and stops when the log does not fit the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from core.errors import Fenced, LogGap, Unavailable
from core.spans import CLOCK_AHEAD
from ops.clock import SystemClock
from streams.kafka.assignment import Assignment
from streams.kafka.partition import Partition, RetrySettings
from streams.messages import Message
from tests.clocks import SetClock
from tests.streams.kafka.samples import Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.clock import Clock

FAST = RetrySettings(attempts=4, first_pause=0.001, longest_pause=0.002)


class _Engine:
    """Keeps a position; `failures` are raised by the next calls of `apply`, one each."""

    def __init__(self, position: int = 0) -> None:
        self.position = position
        self.failures: list[Exception] = []
        self.applied: list[int] = []
        self.opened = 0
        self.reached: list[tuple[int, int]] = []
        self.closed = False

    async def open(self) -> int:
        self.opened += 1
        return self.position

    async def apply(self, messages: Sequence[Message]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        offsets = [message.offset for message in messages]
        assert list(range(self.position, self.position + len(offsets))) == offsets
        self.applied += offsets
        self.position = offsets[-1] + 1

    async def reach(self, end: int, *, at: int) -> None:
        self.reached.append((end, at))

    def close(self) -> None:
        self.closed = True


class _Reader:
    def __init__(self, begin: int = 0, end: int = 1_000) -> None:
        self.ends = (begin, end)
        self.seeks: list[int] = []
        self.paused = False
        self.away = False

    async def seek(self, partition: int, offset: int) -> None:
        assert partition == 3
        self.seeks.append(offset)

    async def bounds(self, partition: int) -> tuple[int, int]:
        assert partition == 3
        if self.away:
            raise Unavailable("away")
        return self.ends

    def pause(self, partition: int) -> None:
        assert partition == 3
        self.paused = True


def _partition(
    engine: _Engine, reader: _Reader | None = None, measured: Measured | None = None, clock: Clock | None = None
) -> Partition:
    return Partition(
        3,
        engine=engine,
        reader=reader or _Reader(),
        clock=clock or SystemClock(),
        telemetry=measured or Measured(),
        retry=FAST,
    )


class _SlowReader(_Reader):
    """The log grows and time passes before it tells its end."""

    def __init__(self, clock: SetClock, end: int) -> None:
        super().__init__(end=end)
        self._clock = clock

    async def bounds(self, partition: int) -> tuple[int, int]:
        self._clock.pass_seconds(30)
        return await super().bounds(partition)


def _messages(*offsets: int) -> list[Message]:
    return [Message(offset, 0, 1, offset, ()) for offset in offsets]


@pytest.mark.parametrize(
    ("position", "offsets", "applied", "acknowledged", "seeks"),
    [
        (0, [0, 1, 2], [0, 1, 2], 3, []),
        (2, [0, 1, 2], [2], 3, []),  # the group's offset is behind the store's
        (5, [0, 1, 2], [], 5, []),
        (0, [2, 0, 1, 2], [0, 1, 2], 3, []),  # read before a move, and again after it
        (0, [5, 6], [], 0, [0]),  # the group's offset is ahead of the store's
        (0, [0, 1, 4], [0, 1], 2, [2]),
    ],
    ids=["next", "partly applied", "all applied", "twice", "ahead", "hole"],
)
async def test_only_what_is_due_is_applied(
    position: int, offsets: list[int], applied: list[int], acknowledged: int, seeks: list[int]
) -> None:
    """The run from the stored position on is applied; what is missing is asked for."""
    engine, reader = _Engine(position), _Reader()

    answer = await _partition(engine, reader).take(_messages(*offsets))

    assert (applied, acknowledged, seeks) == (engine.applied, answer, reader.seeks)


@pytest.mark.parametrize(
    ("failure", "opened"),
    [(Unavailable("away"), 1), (Fenced("moved"), 3), (LogGap("gap"), 3), (RuntimeError("a bug"), 3)],
)
async def test_failed_batch_is_tried_again(failure: Exception, opened: int) -> None:
    """A failed batch is tried again; unless the store was merely away, the position is read anew before."""
    engine = _Engine()
    engine.failures = [failure, failure]

    answer = await _partition(engine).take(_messages(0, 1))

    assert (engine.applied, answer, engine.opened) == ([0, 1], 2, opened)


async def test_moved_position_is_followed() -> None:
    """What another worker has applied meanwhile is skipped and may be acknowledged."""
    engine = _Engine()
    partition = _partition(engine)
    await partition.take(_messages(0))
    engine.position, engine.failures = 3, [Fenced("moved")]

    assert await partition.take(_messages(1, 2, 3)) == 4
    assert engine.applied == [0, 3]


async def test_gives_up_after_the_last_attempt() -> None:
    """A batch that fails as often as the settings allow ends in an error, and nothing is acknowledged."""
    engine = _Engine()
    engine.failures = [Unavailable("away")] * FAST.attempts

    with pytest.raises(Unavailable, match="failed 4 times"):
        await _partition(engine).take(_messages(0))

    assert engine.applied == []


@pytest.mark.parametrize(
    ("position", "begin", "end"), [(5, 6, 10), (5, 0, 4)], ids=["messages are gone", "another store's log"]
)
async def test_stops_when_log_and_store_disagree(position: int, begin: int, end: int) -> None:
    """A position outside the log stops the partition: nothing is applied or acknowledged, however often."""
    engine, reader, measured = _Engine(position), _Reader(begin, end), Measured()
    partition = _partition(engine, reader, measured)

    answers = [await partition.take(_messages(position + 1)) for _ in range(2)]

    assert answers == [0, 0]
    assert engine.applied == []
    assert (partition.halted, reader.paused) == (True, True)
    assert measured.counters["footfall_flush_failures_total", "log_gap"] == 1


async def test_close_ends_the_retries() -> None:
    """A partition that moves away while its store is away stops trying."""
    engine = _Engine()
    engine.failures = [Unavailable("away")] * 100
    partition = Partition(
        3,
        engine=engine,
        reader=_Reader(),
        clock=SystemClock(),
        telemetry=Measured(),
        retry=RetrySettings(attempts=100, first_pause=10),
    )
    taking = asyncio.create_task(partition.take(_messages(0)))
    await asyncio.sleep(0.02)

    await partition.close(1)

    assert await taking == 0
    assert engine.closed


@pytest.mark.parametrize(("end", "reached"), [(5, [5]), (6, [])], ids=["nothing waits", "a message waits"])
async def test_a_quiet_partition_is_not_behind(end: int, reached: list[int]) -> None:
    """Applied to the log's end, it stands where the clock was before the end was read, less what clocks may differ."""
    clock = SetClock(10 * CLOCK_AHEAD)
    engine = _Engine(5)
    partition = _partition(engine, _SlowReader(clock, end), clock=clock)
    await partition.reach()
    assert engine.reached == []  # it is not opened yet
    await partition.open()
    before = clock.now_ms() - CLOCK_AHEAD

    await partition.reach()

    assert engine.reached == [(offset, before) for offset in reached]


async def test_only_a_partition_at_work_is_moved() -> None:
    """One that is halted or given up is left alone."""
    halted, closed = _Engine(5), _Engine(5)
    for engine, reader in ((halted, _Reader(end=4)), (closed, _Reader(end=5))):
        partition = _partition(engine, reader)
        await partition.open()
        await partition.close(1)
        reader.ends = (0, 5)
        await partition.reach()
    assert (halted.reached, closed.reached) == ([], [])


async def test_quiet_partitions_are_looked_for_again_and_again() -> None:
    """A look that fails keeps neither other partitions nor later looks from it."""
    engines = [_Engine(5), _Engine(5)]
    readers = [_Reader(end=5), _Reader(end=5)]
    partitions = [_partition(engine, reader) for engine, reader in zip(engines, readers, strict=True)]
    assignment = Assignment(make=partitions.__getitem__, fail=_raise, telemetry=Measured(), flushes_at_once=1)
    await assignment.assigned([0, 1])
    await asyncio.gather(*(partition.open() for partition in partitions))
    readers[0].away = True
    watching = asyncio.create_task(assignment.watch(0.01))
    await _until(lambda: len(engines[1].reached) >= 2)
    assert engines[0].reached == []
    readers[0].away = False
    await _until(lambda: bool(engines[0].reached))
    watching.cancel()
    await assignment.close()


async def test_only_what_stands_still_is_stalled() -> None:
    """A partition before messages that do not come; not one that moves or has nothing before it."""
    engine, reader = _Engine(5), _Reader(end=5)
    partition = _partition(engine, reader)
    assignment = Assignment(make=lambda _: partition, fail=_raise, telemetry=Measured(), flushes_at_once=1)
    await assignment.assigned([3])
    await partition.open()
    looking = asyncio.create_task(assignment.stalled(0.01, 20))

    await asyncio.sleep(0.4)
    assert not looking.done()  # all is applied
    reader.ends = (0, 1_000)
    for offset in range(5, 45):
        await partition.take(_messages(offset))
        await asyncio.sleep(0.01)
    assert not looking.done()  # it moves
    reader.away = True
    await asyncio.sleep(0.4)
    assert not looking.done()  # nobody can tell
    reader.away = False

    assert "partition 3" in await asyncio.wait_for(looking, 20)
    await assignment.close()


async def test_a_worker_is_ready_while_it_does_its_part() -> None:
    """Its part may be nothing; not before the group has spoken, not amid a batch for long, not beside a broken log."""
    clock = SetClock(0)
    engine, reader = _Engine(), _Reader()
    partition = _partition(engine, reader, clock=clock)
    assignment = Assignment(make=lambda _: partition, fail=_raise, telemetry=Measured(), flushes_at_once=1)
    assert assignment.problem() == "the group has not handed out its partitions yet"
    await assignment.assigned([])
    assert assignment.problem() is None

    reader.away = True
    await assignment.assigned([3])
    await _until(lambda: partition._busy_since is not None)
    assert assignment.problem() is None
    clock.pass_seconds(31)
    assert assignment.problem() == "partition 3 has tried the same for 31 s"
    reader.away = False
    await _until(lambda: assignment.problem() is None)

    engine.failures = [LogGap("not this log")]
    await partition.take(_messages(0))
    reader.ends = (7, 1_000)
    engine.failures, partition._next = [], None
    await partition.take(_messages(0))
    assert assignment.problem() == "partition 3 is stopped, see `footfall positions`"
    await assignment.close()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)


def _raise(error: Exception) -> None:
    raise error
