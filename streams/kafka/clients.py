"""Clients of the library that leave nothing behind when no broker answers them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from kafka.net.compat import KafkaNetClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def beginning() -> Iterator[Callable[..., KafkaNetClient]]:
    """Yield what an admin client or a consumer that is made inside has to be given as its `kafka_client`.

    Each starts a thread before it asks for a broker and, up to kafka-python 3.0.12, leaves it behind if none answers,
    with four descriptors: whoever tries until one does would run out of them.
    """
    made: list[KafkaNetClient] = []

    def make(**configs: object) -> KafkaNetClient:
        made.append(KafkaNetClient(**configs))
        return made[-1]

    try:
        yield make
    except BaseException:
        for connections in made:
            connections.close()  # and wait for the thread, which may be in the middle of connecting
        raise
