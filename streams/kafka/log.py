"""The collector's event log: events are packed for a few milliseconds, sent to Kafka, and answered when they are safe.

Nothing here blocks the event loop: the producer is built and closed in threads, `send` only fills its buffers, and its
thread tells of acknowledgements through a queue with one wake-up for many.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from core.errors import FootfallError, Overloaded, Refused, Unavailable
from core.telemetry import NoTelemetry
from streams.kafka.packs import Pack, Packer, Request
from streams.kafka.producer import Producer, ProducerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from core.clock import Clock
    from core.events import Event
    from core.telemetry import Telemetry
    from streams.kafka.topics import Topic

logger = logging.getLogger(__name__)

#: The watchdog looks this often, seconds.
_WATCH_EVERY: Final = 0.5
#: What the producer may take beyond its own time-out before it is no longer believed, seconds.
_GRACE: Final = 3.0
_RECONNECT_FIRST: Final = 0.5
_RECONNECT_MOST: Final = 5.0
_REMIND_EVERY: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """Bounds of the log. Seconds and counts."""

    window: float = 0.005  #: events that arrive within it share a message
    most_events: int = 50_000  #: in flight; beyond it appends are refused
    most_weight: int = 64 * 1024 * 1024  #: the same in characters, see `packs.weight_of`
    stalled_after: float = 5.0  #: not ready when nothing has been acknowledged for so long
    producer: ProducerSettings = field(default_factory=ProducerSettings)


@dataclass(slots=True, eq=False)
class _Flight:
    """A message on its way, since when (monotonic seconds)."""

    pack: Pack
    sent_at: float


class KafkaLog:
    """`core.ports.EventLog` on a Kafka topic. Belongs to one event loop.

    `refusal` says why nothing should be accepted at present though Kafka is well (a lag that comes near the log's
    retention), or None.
    """

    def __init__(  # noqa: PLR0913 - everything it depends on, named
        self,
        *,
        bootstrap: str,
        topic: Topic,
        clock: Clock,
        telemetry: Telemetry | None = None,
        settings: LogSettings | None = None,
        refusal: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._clock = clock
        self._telemetry = telemetry or NoTelemetry()
        self._settings = settings or LogSettings()
        self._refusal = refusal
        self._packer = Packer(topic.partitions)
        self._producer: Producer | None = None
        self._why = "Kafka is not connected yet"
        self._connected = asyncio.Event()
        self._closing = False
        self._tick: asyncio.TimerHandle | None = None
        self._events = 0
        self._weight = 0
        self._flights: dict[int, _Flight] = {}  # in the order in which they were sent
        self._next_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._landings: deque[tuple[int, Exception | None]] = deque()
        self._waking = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to connect, and to watch. Returns at once; `ready` tells when it is done."""
        self._loop = asyncio.get_running_loop()
        self._spawn(self._connect())
        self._spawn(self._watch())

    async def connected(self) -> None:
        """Return when a producer is connected."""
        await self._connected.wait()

    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        """Return when all (bucket, event) pairs are on all in-sync replicas; as `core.ports.EventLog.append`."""
        if not events:
            return
        self._check()
        shares = self._packer.split(events)
        weight = sum(share.weight for share in shares)
        self._check_room(len(events), weight)
        request = Request(answer=self._loop.create_future(), events=len(events), weight=weight)
        self._events += request.events
        self._weight += request.weight
        self._packer.add(request, shares)
        if self._tick is None:
            self._tick = self._loop.call_later(self._settings.window, self._flush)
        await request.answer

    async def ready(self) -> None:
        """Return if an append would be tried now; as `core.ports.EventLog.ready`."""
        self._check()
        self._check_room(1, 1)
        if (age := self._oldest()) > self._settings.stalled_after:
            raise Unavailable(f"Kafka has acknowledged nothing for {age:.0f} s")

    async def close(self) -> None:
        """Accept nothing more, send what waits, and disconnect; at most a delivery time-out and a few seconds."""
        self._closing = True
        self._why = "the collector is stopping"
        if self._tick is not None:
            self._tick.cancel()
            self._flush()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.producer.delivery_timeout):
                await self._idle.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        producer, self._producer = self._producer, None
        if producer is not None:
            await asyncio.to_thread(producer.close, 1.0)
        self._give_up(Unavailable("the collector stopped before Kafka acknowledged the event"))

    def _check(self) -> None:
        if self._closing or self._producer is None:
            raise Unavailable(self._why, retry_after=2)
        if (reason := self._refusal()) is not None:
            raise Overloaded(reason, retry_after=60)

    def _check_room(self, events: int, weight: int) -> None:
        settings = self._settings
        if self._events + events > settings.most_events or self._weight + weight > settings.most_weight:
            raise Overloaded(f"{self._events} events wait for Kafka, which is as many as may")

    # -- out: packs to Kafka --

    def _flush(self) -> None:
        self._tick = None
        producer = self._producer
        for pack in self._packer.take():
            if producer is None:
                self._decide(pack, Unavailable(self._why))
            else:
                self._send(producer, pack)
        self._note_idle()
        self._telemetry.set("footfall_log_in_flight_events", self._events)

    def _send(self, producer: Producer, pack: Pack) -> None:
        number = self._next_flight
        self._next_flight += 1
        self._flights[number] = _Flight(pack, self._clock.monotonic())
        self._idle.clear()
        try:
            producer.send(pack.partition, pack.flat(), partial(self._landed, number))
        except Refused as error:
            del self._flights[number]
            self._send_apart(producer, pack, error)
        except Unavailable as error:
            del self._flights[number]
            self._decide(pack, error)
            self._lose(producer, str(error))

    def _send_apart(self, producer: Producer, pack: Pack, error: Refused) -> None:
        """Send each request's events by themselves, so that one who sent what cannot be written fails alone."""
        if len(pack.shares) == 1:
            self._decide(pack, error)
            return
        for request, events in pack.shares:
            request.undecided += 1
            self._send(producer, Pack(partition=pack.partition, shares=[(request, events)]))
        self._decide(pack, None)

    # -- back: acknowledgements from the producer's thread --

    def _landed(self, number: int, error: Exception | None) -> None:
        """Runs in the producer's thread."""
        self._landings.append((number, error))
        if not self._waking:
            self._waking = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._land)

    def _land(self) -> None:
        self._waking = False  # before the queue is read: what comes after the last read wakes again
        now = self._clock.monotonic()
        while self._landings:
            number, error = self._landings.popleft()
            flight = self._flights.pop(number, None)
            if flight is None:
                continue  # given up before
            if error is None:
                self._telemetry.observe("footfall_log_ack_seconds", now - flight.sent_at)
                self._decide(flight.pack, None)
            else:
                self._telemetry.add("footfall_log_failures_total")
                self._decide(flight.pack, Unavailable(f"Kafka did not acknowledge in time: {error}"))

        self._note_idle()

    def _note_idle(self) -> None:
        if not self._flights:
            self._idle.set()

    def _decide(self, pack: Pack, error: FootfallError | None) -> None:
        for request, _ in pack.shares:
            request.undecided -= 1
            request.error = request.error or error
            if request.undecided:
                continue
            self._events -= request.events
            self._weight -= request.weight
            if request.answer.done():
                continue  # its caller has gone
            if request.error is None:
                request.answer.set_result(None)
            else:
                request.answer.set_exception(request.error)

    # -- the producer's life --

    async def _connect(self) -> None:
        pause, attempts = _RECONNECT_FIRST, 0
        while True:
            try:
                producer = await asyncio.to_thread(self._build)
            except Unavailable as error:
                self._why = str(error)
                if attempts % _REMIND_EVERY == 0:
                    logger.warning("waiting for Kafka: %s", error)
                attempts += 1
                await asyncio.sleep(pause)
                pause = min(2 * pause, _RECONNECT_MOST)
            else:
                break
        self._producer = producer
        self._connected.set()
        logger.info("connected to Kafka at %s, topic %s", self._bootstrap, self._topic.name)

    def _build(self) -> Producer:
        return Producer(bootstrap=self._bootstrap, topic=self._topic.name, settings=self._settings.producer)

    async def _watch(self) -> None:
        patience = self._settings.producer.delivery_timeout + _GRACE
        while True:
            await asyncio.sleep(_WATCH_EVERY)
            age = self._oldest()
            self._telemetry.set("footfall_log_in_flight_events", self._events)
            self._telemetry.set("footfall_log_oldest_in_flight_seconds", age)
            if age > patience and self._producer is not None:
                self._lose(self._producer, f"the producer has kept a message for {age:.0f} s")

    def _lose(self, producer: Producer, why: str) -> None:
        """Stop believing `producer`: give up all it has, and connect another, which has another identity."""
        if self._producer is not producer:
            return
        logger.error("%s; connecting anew", why)
        self._producer = None
        self._why = why
        self._connected.clear()
        self._give_up(Unavailable(why, retry_after=2))
        self._spawn(asyncio.to_thread(producer.discard))
        if not self._closing:
            self._spawn(self._connect())

    def _give_up(self, error: Unavailable) -> None:
        flights, self._flights = self._flights, {}
        self._idle.set()
        for flight in flights.values():
            self._telemetry.add("footfall_log_failures_total")
            self._decide(flight.pack, error)

    def _oldest(self) -> float:
        """Return the age of the oldest message in flight, seconds; 0 without any."""
        oldest = next(iter(self._flights.values()), None)
        return self._clock.monotonic() - oldest.sent_at if oldest else 0.0

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
