"""`/metrics`, `/health/live` and `/health/ready` of processes without HTTP of their own."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Final

import httpx
import pytest

from core.errors import FootfallError
from ops.probe import Shown, probe


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


_SECRET: Final = "t" * 32
_NOTHING: Final = Shown(exposition=lambda: b"", live=lambda: None, ready=lambda: None)


@pytest.mark.parametrize(
    ("stuck", "idle", "path", "expected"),
    [
        (None, None, "/metrics", (200, "footfall_x 1\n")),
        (None, None, "/health", (200, '{"status": "ok"}')),
        (None, None, "/health/live", (200, '{"status": "ok"}')),
        (None, None, "/health/ready", (200, '{"status": "ok"}')),
        (None, "no store", "/health", (200, '{"status": "ok"}')),
        (None, "no store", "/health/live", (200, '{"status": "ok"}')),
        (None, "no store", "/health/ready", (503, '{"status": "degraded", "reason": "no store"}')),
        ("stuck", None, "/health", (503, '{"status": "degraded", "reason": "stuck"}')),
        ("stuck", None, "/health/live", (503, '{"status": "degraded", "reason": "stuck"}')),
        ("stuck", "no store", "/health/ready", (503, '{"status": "degraded", "reason": "stuck"}')),
        (None, None, "/", (404, "/metrics, /health/live and /health/ready are here\n")),
    ],
)
def test_it_answers(stuck: str | None, idle: str | None, path: str, expected: tuple[int, str]) -> None:
    """Metrics are there always; whoever restarts asks whether it turns, whoever waits whether it works."""
    shown = Shown(exposition=lambda: b"footfall_x 1\n", live=lambda: stuck, ready=lambda: idle)
    with probe("127.0.0.1", _free(), shown) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}{path}")
    assert expected == (answer.status_code, answer.text)


@pytest.mark.parametrize(
    ("sent", "path", "status"),
    [
        (None, "/metrics", 401),
        ("", "/metrics", 401),
        ("Bearer wrong", "/metrics", 401),
        (_SECRET, "/metrics", 401),
        ("Bearer \xe9", "/metrics", 401),
        (f"Bearer {_SECRET}", "/metrics", 200),
        (None, "/health/live", 200),
        (None, "/health/ready", 200),
    ],
)
def test_a_token_guards_the_metrics_alone(sent: str | None, path: str, status: int) -> None:
    """The refusal says which token is meant."""
    headers = [] if sent is None else [(b"Authorization", sent.encode("latin-1"))]
    with probe("127.0.0.1", _free(), replace(_NOTHING, token=_SECRET)) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers)
    assert status == answer.status_code
    assert ("FOOTFALL_METRICS_TOKEN" in answer.text) == (status == 401)
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_port_0_is_none() -> None:
    """It can be switched off."""
    with probe("127.0.0.1", 0, _NOTHING) as port:
        assert port is None


def test_a_taken_port_names_the_setting() -> None:
    """The error says which variable to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(FootfallError, match="FOOTFALL_METRICS_PORT"),
            probe("127.0.0.1", port, _NOTHING),
        ):
            pass
