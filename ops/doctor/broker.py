"""What is to be said of Kafka: whether it answers, and how far the workers are behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.spans import HOUR, SECOND
from ops.doctor.finding import look, ok, wrong
from streams.kafka.offsets import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.doctor.finding import Finding
    from streams.kafka.lag import PartitionLag
    from streams.kafka.offsets import PartitionOffsets
    from streams.kafka.topics import Topic

#: Nothing of such a partition is applied any more.
_STOPPED: Final = frozenset({Verdict.GONE, Verdict.FOREIGN})
#: Workers apply an event within a second; a minute is a worker that was started again.
_BEHIND: Final = 60.0
_FAR_BEHIND: Final = HOUR / SECOND


def of_topic(topic: Topic) -> Finding:
    """Return what the topic is."""
    return ok("kafka", f"topic {topic.name} with {topic.partitions} partitions")


def of_lag(lags: Sequence[PartitionLag]) -> Finding:
    """Return how far the store is behind the log."""
    oldest = max((lag.seconds for lag in lags), default=0.0)
    waiting = sum(lag.messages for lag in lags)
    if oldest < _BEHIND:
        return ok("consumer lag", f"{waiting} messages, the oldest of {oldest:.0f} s")
    behind = sum(lag.seconds >= _BEHIND for lag in lags)
    judge = wrong if oldest >= _FAR_BEHIND else look
    return judge(
        "consumer lag",
        f"{waiting} messages on {behind} partitions wait, the oldest since {oldest / 60:.0f} min",
        "start `footfall work`, or more of them: as many as there are partitions; see their logs",
    )


def of_positions(compared: Sequence[PartitionOffsets]) -> Finding:
    """Return whether the positions that the store has fit the log."""
    odd = [row for row in compared if row.verdict in _STOPPED]
    if not odd:
        return ok("positions", "fit the log")
    return wrong(
        "positions",
        ", ".join(f"partition {row.partition}: {row.verdict.value}" for row in odd),
        "docs/troubleshooting.md tells what each means and how to let the partition go on",
    )
