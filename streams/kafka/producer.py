"""One kafka-python producer with the identity under which its messages are counted once.

Every message carries (identity, sequence); a worker drops what is not above the last sequence it has applied of that
identity on that partition. So within an identity sequences must reach a partition in rising order, and three things
see to it: a sequence is given out where the message is handed over and never used again; being idempotent, the
producer has one batch of a partition on the way at a time, so no retry overtakes another message; and a sequence that
was given up is never sent anew, its events' senders were told so. An identity lives as long as its producer: a new
producer starts a new one.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kafka import KafkaProducer
from kafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError, MessageSizeTooLargeError

from core.errors import InvalidInput, Refused, Unavailable
from streams import codec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.events import Event

logger = logging.getLogger(__name__)

#: A message alone must fit: MESSAGE_WEIGHT characters of at most 4 bytes, and one event more.
_REQUEST_BYTES: Final = 1_048_576
_BATCH_BYTES: Final = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerSettings:
    """How long a message may take on its way, and how it is packed. Seconds."""

    delivery_timeout: float = 12.0  #: then a message is given up and its senders are told
    request_timeout: float = 5.0  #: then a broker's answer is no longer waited for, and the request repeated
    connect_timeout: float = 5.0
    linger: float = 0.0  #: how long the producer waits for more; the window before it has packed already


class Producer:
    """A connected producer of one topic. `send` is for one thread; `done` is called in another.

    Building it blocks until the broker has answered and the topic's partitions are known.

    Raises:
        Unavailable: no broker answers, or the topic is not there.
    """

    def __init__(self, *, bootstrap: str, topic: str, settings: ProducerSettings) -> None:
        self.topic = topic
        self.identity = secrets.randbits(63) or 1
        self._sequences: dict[int, int] = {}
        self._settings = settings
        self._kafka: Any = None
        try:
            self._kafka = KafkaProducer(
                bootstrap_servers=bootstrap.split(","),
                bootstrap_timeout_ms=_ms(settings.connect_timeout),
                acks="all",
                # Said explicitly: otherwise a setting that conflicts would silently switch it off.
                enable_idempotence=True,
                max_in_flight_requests_per_connection=5,
                delivery_timeout_ms=_ms(settings.delivery_timeout),
                request_timeout_ms=_ms(settings.request_timeout),
                linger_ms=_ms(settings.linger),
                batch_size=_BATCH_BYTES,
                max_request_size=_REQUEST_BYTES,
                compression_type="lz4",
                # Met only if the topic's metadata, read below, is lost again: `send` runs in the event loop's thread.
                max_block_ms=100,
                metadata_max_age_ms=30_000,
                reconnect_backoff_max_ms=1_000,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
            self.partitions = self._read_partitions()
        except (KafkaError, OSError) as error:
            self.discard()
            raise Unavailable(f"Kafka at {bootstrap} does not answer for topic {topic}: {error}") from error
        if not self.partitions:
            self.discard()
            raise Unavailable(f"Kafka at {bootstrap} has no topic {topic}: run `footfall topics create`")

    def send(
        self,
        partition: int,
        events: Sequence[Event],
        done: Callable[[Exception | None], None],
    ) -> None:
        """Hand the events over as one message; `done` hears once what became of it. Does not wait.

        Raises:
            Refused: the events cannot be written as a message; `done` is not called.
            Unavailable: the producer takes no messages; `done` is not called.
        """
        sequence = self._sequences.get(partition, 0) + 1
        self._sequences[partition] = sequence
        try:
            message = codec.encode(self.identity, sequence, events)
            future = self._kafka.send(self.topic, value=message, partition=partition)
        except (InvalidInput, MessageSizeTooLargeError) as error:
            raise Refused(str(error)) from error
        except (KafkaError, IllegalStateError, AssertionError) as error:
            raise Unavailable(f"the producer takes no messages: {error}") from error
        future.add_callback(lambda _: done(None))
        future.add_errback(done)

    def close(self, timeout: float) -> None:
        """Send what is left for at most `timeout` seconds, and disconnect. Blocks."""
        with contextlib.suppress(KafkaError):
            self._kafka.flush(timeout)
        self.discard()

    def discard(self) -> None:
        """Disconnect; what is not sent is given up. Blocks for about a second."""
        if self._kafka is None:
            return
        # Its own close() waits for the messages first, and when they do not go it leaves its thread running for good.
        self._kafka._sender.force_close()  # noqa: SLF001 - no public way to give up
        with contextlib.suppress(KafkaError):
            self._kafka.close(timeout=1)

    def _read_partitions(self) -> int:
        deadline = time.monotonic() + self._settings.connect_timeout
        while True:
            try:
                return len(self._kafka.partitions_for(self.topic) or ())
            except KafkaTimeoutError:
                if time.monotonic() > deadline:
                    return 0


def _ms(seconds: float) -> int:
    return round(seconds * 1_000)
