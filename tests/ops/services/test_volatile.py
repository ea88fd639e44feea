"""Folders in memory, and on the disk where memory is short."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from ops.services import volatile

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the machine's memory, with room."""
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(volatile, "MEMORY", memory)
    monkeypatch.setattr(volatile, "ROOM", 0)
    return memory


def test_it_lies_in_memory_and_is_empty_each_time(tmp_path: Path, memory: Path) -> None:
    """What was stored is gone when it is asked for again, and nothing stays in memory when it is taken away."""
    place = tmp_path / "service" / "volatile"
    for _ in range(2):
        folder = volatile.renew(place)
        assert [folder] == list(memory.iterdir())
        assert (folder, []) == (place.resolve(), list(folder.iterdir()))
        (folder / "row").touch()
    for _ in range(2):
        volatile.clear(place)
        assert not place.is_symlink()
        assert list(memory.iterdir()) == []


def test_memory_that_forgot(tmp_path: Path, memory: Path) -> None:
    """A link that leads nowhere, as after a restart of the machine, is replaced."""
    place = tmp_path / "volatile"
    shutil.rmtree(volatile.renew(place))
    assert volatile.renew(place).parent == memory
    assert place.is_dir()


def test_what_a_killed_process_left_is_taken_away(tmp_path: Path, memory: Path) -> None:
    """The folder of a process that is gone goes at the next call; one of a process that runs stays."""
    with subprocess.Popen(["true"]) as gone:
        pass
    left = volatile.renew(tmp_path / "left", owner=gone.pid)
    kept = volatile.renew(tmp_path / "kept", owner=os.getpid())
    unowned = volatile.renew(tmp_path / "unowned")
    assert {kept, unowned} == set(memory.iterdir())
    assert not left.exists()


@pytest.mark.parametrize("lack", ["memory", "room"])
def test_without_room_it_lies_on_the_disk(
    tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch, lack: str
) -> None:
    """A machine without such a file system, or with too little left of it, gets an empty folder in its place."""
    if lack == "memory":
        memory.rmdir()
    else:
        monkeypatch.setattr(volatile, "ROOM", shutil.disk_usage(memory).total + 1)
    place = tmp_path / "volatile"
    for _ in range(2):
        assert volatile.renew(place) == place
        assert list(place.iterdir()) == []
        (place / "row").touch()
    volatile.clear(place)
    assert not place.exists()
