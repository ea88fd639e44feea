"""Two API processes of a cluster count a key's requests together."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from itertools import cycle, islice
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.databases import fresh_database
from tests.end_to_end.processes import Process, environment, free_port, key_of_an_admin, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def two(
    tmp_path: Path, kafka_bootstrap: str, timescale_dsn: str, timescale_template: str
) -> Iterator[tuple[list[str], str]]:
    """The addresses of two processes that let a key ask 20 times in 10 minutes, and a key."""
    with ExitStack() as stack:
        dsn = stack.enter_context(fresh_database(timescale_dsn, template=timescale_template))
        env = environment(
            KAFKA_BOOTSTRAP_SERVERS=kafka_bootstrap,
            DATABASE_URL=dsn,
            FOOTFALL_TOPIC_GENERATION=str(secrets.randbelow(1 << 30) + 1_000),
            FOOTFALL_KEY_LIMIT_REQUESTS="20",
            FOOTFALL_KEY_LIMIT_SECONDS="600",
        )
        prepare(env)
        key = key_of_an_admin(env=env)
        urls = []
        for number in range(2):
            port = free_port()
            process = Process(arguments=["api", "--port", str(port)], environment=env, log=tmp_path / f"{number}.log")
            process.start()
            stack.callback(process.stop)
            urls.append(f"http://127.0.0.1:{port}")
            process.wait_for(f"{urls[-1]}/health")
        yield urls, key


def test_two_processes_share_a_limit(two: tuple[list[str], str]) -> None:
    """Twenty requests are let through, whichever process is asked, and the others told when to come."""
    urls, key = two
    answers = [
        httpx.get(f"{url}/api/v1/websites", headers={"X-API-KEY": key}, timeout=20) for url in islice(cycle(urls), 26)
    ]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 6
    assert all(500 <= int(answer.headers["retry-after"]) <= 600 for answer in answers[20:])
