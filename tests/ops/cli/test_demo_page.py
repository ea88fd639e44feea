"""`footfall demo-page` where it cannot serve a page: how it ends, and what it says to do."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from ops.services import ports
from tests.browser.servers import Answer, Loopback
from tests.commands import footfall

if TYPE_CHECKING:
    from pathlib import Path


def _demo_page(*arguments: str, **environment: str) -> tuple[int, str]:
    done = footfall("demo-page", *arguments, **environment)
    return done.returncode, done.stderr


def test_no_server() -> None:
    """Where nobody listens the message says how to start one."""
    status, said = _demo_page("--server", f"http://127.0.0.1:{ports.free()}")

    assert status == 3
    assert "start one with `footfall serve`" in said


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "file:///etc/passwd", "http://127.0.0.1:8000/?page=1"])
def test_no_address(address: str) -> None:
    """What is no address of HTTP is wrong use."""
    status, said = _demo_page("--server", address)

    assert status == 2
    assert "is no address of a server" in said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(404), "answers 404 for the tracker"),
        (Answer(200, {"Content-Type": "text/html"}, b"hello"), "answers with something else"),
    ],
)
def test_another_server(answer: Answer, said: str) -> None:
    """Another program on that port is told from Footfall."""
    with Loopback(lambda _: answer) as other:
        status, found = _demo_page("--server", other.url)

    assert status == 3
    assert said in found


def test_no_installation(tmp_path: Path) -> None:
    """Without a site and without an installation there is nothing to count for."""
    script = Answer(200, {"Content-Type": "application/javascript"}, b"")
    with Loopback(lambda _: script) as server:
        status, said = _demo_page("--server", server.url, "--data", str(tmp_path))

    assert status == 1
    assert "there is no installation in" in said


def test_unknown_site(postgres_database: str) -> None:
    """A site that the installation does not have is named with the command that lists those it has."""
    script = Answer(200, {"Content-Type": "application/javascript"}, b"")
    site = str(uuid4())
    with Loopback(lambda _: script) as server:
        status, said = _demo_page(site, "--server", server.url, DATABASE_URL=postgres_database)

    assert status == 1
    assert f"there is no site {site}: see `footfall sites list`" in said
