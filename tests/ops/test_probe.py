"""`/metrics` and `/health` of processes without HTTP of their own."""

from __future__ import annotations

import socket

import httpx
import pytest

from core.errors import FootfallError
from ops.probe import probe


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("problem", "path", "expected"),
    [
        (None, "/metrics", (200, "footfall_x 1\n")),
        (None, "/health", (200, '{"status": "ok"}')),
        ("no database", "/health", (503, '{"status": "degraded", "reason": "no database"}')),
        (None, "/", (404, "/metrics and /health are here\n")),
    ],
)
def test_it_answers(problem: str | None, path: str, expected: tuple[int, str]) -> None:
    """Metrics are there always, health says what is the matter."""
    with probe("127.0.0.1", _free(), exposition=lambda: b"footfall_x 1\n", health=lambda: problem) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}{path}")
    assert expected == (answer.status_code, answer.text)


def test_port_0_is_none() -> None:
    """It can be switched off."""
    with probe("127.0.0.1", 0, exposition=lambda: b"", health=lambda: None) as port:
        assert port is None


def test_a_taken_port_names_the_setting() -> None:
    """The error says which variable to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(FootfallError, match="FOOTFALL_METRICS_PORT"),
            probe("127.0.0.1", port, exposition=lambda: b"", health=lambda: None),
        ):
            pass
