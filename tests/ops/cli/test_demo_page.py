"""`footfall demo-page` where it cannot serve a page: how it ends, and what it says to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from tests.browser.servers import Answer, Loopback
from tests.end_to_end.processes import environment, free_port

FOOTFALL = Path(sys.executable).with_name("footfall")


def _demo_page(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [str(FOOTFALL), "demo-page", *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stderr


def test_no_server() -> None:
    """Where nobody listens the message says how to start one."""
    status, said = _demo_page("--server", f"http://127.0.0.1:{free_port()}")

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
        env = environment(DATABASE_URL=postgres_database)
        subprocess.run([str(FOOTFALL), "migrate"], env=env, capture_output=True, check=True, timeout=60)
        done = subprocess.run(
            [str(FOOTFALL), "demo-page", site, "--server", server.url],
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert done.returncode == 1
    assert f"there is no site {site}: see `footfall sites list`" in done.stderr
