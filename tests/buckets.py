"""A server that speaks S3: versitygw where it is installed, which stores for real; else moto's, which pretends.

`go install github.com/versity/versitygw/cmd/versitygw@latest` brings the first one.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from storage.archive.bucket import Bucket, BucketAccess

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY: Final = "footfall"
_SECRET: Final = "footfall-secret"  # noqa: S105 - of a server that lives for the tests
_PATIENCE: Final = 60.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(folder: Path, port: int) -> list[str]:
    gateway = shutil.which("versitygw")
    if gateway is not None:
        return [gateway, "-p", f"127.0.0.1:{port}", "-a", _KEY, "-s", _SECRET, "--quiet", "posix", str(folder)]
    return [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)]


@pytest.fixture(scope="session")
def s3_access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketAccess]:
    """How a server of this test run is reached."""
    folder, port = tmp_path_factory.mktemp("s3"), _free_port()
    with subprocess.Popen(
        _command(folder, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    ) as server:
        try:
            _await(port)
            yield BucketAccess(endpoint=f"http://127.0.0.1:{port}", access_key=_KEY, secret_key=_SECRET)
        finally:
            server.terminate()


@pytest.fixture
def bucket(s3_access: BucketAccess) -> Bucket:
    """An empty archive in a bucket of its own."""
    name = f"archive-{uuid.uuid4().hex}"
    _make_bucket(s3_access, name)
    return Bucket(name, prefix="some/prefix", access=s3_access)


def _make_bucket(access: BucketAccess, name: str) -> None:
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, and only needed here

    client = boto3.client(
        "s3",
        endpoint_url=access.endpoint,
        aws_access_key_id=access.access_key,
        aws_secret_access_key=access.secret_key,
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=name)
    client.close()


def _await(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError("no server for S3 came up")
