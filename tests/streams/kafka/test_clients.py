"""Clients of the library that find no broker."""

from __future__ import annotations

import gc
import logging
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaConsumer
from kafka.errors import KafkaTimeoutError

from core.errors import Unavailable
from streams.kafka.clients import beginning
from streams.kafka.topics import current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def nowhere() -> str:
    """An address of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return "{}:{}".format(*free.getsockname())


@pytest.fixture
def quiet() -> Iterator[None]:
    """Nobody keeps lines of the log, which hold on to the connections that they are about."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _held() -> tuple[int, int]:
    gc.collect()
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


def _look_for_a_topic(bootstrap: str) -> None:
    with pytest.raises(Unavailable):
        current(bootstrap)


def _consume(bootstrap: str) -> None:
    with pytest.raises(KafkaTimeoutError), beginning() as client:
        KafkaConsumer(bootstrap_servers=[bootstrap], bootstrap_timeout_ms=200, kafka_client=client)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("try_in_vain", [_look_for_a_topic, _consume])
def test_an_attempt_in_vain_leaves_nothing_behind(nowhere: str, try_in_vain: Callable[[str], None]) -> None:
    """Whoever waits hours for a broker has as many threads and open files as before."""
    before = _held()
    for _ in range(2):
        try_in_vain(nowhere)
    assert before == _held()
