"""Stores of the archive, all by one table: a folder, and a bucket."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from core.errors import InvalidInput, NotFound, Unavailable
from core.spans import DAY
from storage.archive.bucket import Bucket
from storage.archive.files import SCRATCH, FileKind, FileName, parse
from storage.archive.folder import Folder
from storage.archive.store import open_store
from storage.times import millis_of

if TYPE_CHECKING:
    from pathlib import Path

    from storage.archive.bucket import BucketAccess
    from storage.archive.store import ArchiveStore

NAME = "site=7/events-2026-11-20.v3.parquet"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArchiveStore:
    """An empty archive."""
    if request.param == "folder":
        return Folder(tmp_path / "archive")
    found: Bucket = request.getfixturevalue("bucket")
    return found


def put(store: ArchiveStore, name: str, body: bytes) -> None:
    """Put a file into a store."""
    scratch = store.scratch()
    scratch.write_bytes(body)
    store.put(scratch, name)
    assert not scratch.exists()


def test_put_read_remove(store: ArchiveStore) -> None:
    """A file that was put is found and read as it was, until it is removed; removing it again is nothing."""
    put(store, NAME, b"one" * 3_000_000)
    put(store, "site=8/sessions-2026-11.v4.parquet", b"two")

    assert b"".join(store.read(NAME)) == b"one" * 3_000_000
    assert sorted((found.name, found.size) for found in store.found()) == [
        (NAME, 9_000_000),
        ("site=8/sessions-2026-11.v4.parquet", 3),
    ]
    assert [found.name for found in store.found(7)] == [NAME]
    store.remove([NAME])
    store.remove([NAME])
    assert list(store.found(7)) == []
    with pytest.raises(NotFound, match="not in the archive"):
        list(store.read(NAME))


def test_nothing_is_there_before_the_put(store: ArchiveStore) -> None:
    """What is being made has no name of the archive."""
    store.scratch().write_bytes(b"half")

    assert all(parse(found.name) is None for found in store.found())


def test_polars_reads_it(store: ArchiveStore) -> None:
    """The sources are such that Polars finds them."""
    scratch = store.scratch()
    pl.DataFrame({"a": [1, 2]}).write_parquet(scratch)
    store.put(scratch, NAME)
    addresses, options = store.sources([NAME])

    assert pl.scan_parquet(addresses, storage_options=options).collect()["a"].to_list() == [1, 2]


def test_folder_that_cannot_be_used(tmp_path: Path) -> None:
    """A folder below a file is no folder, and the error says so."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(Unavailable, match="the archive cannot be used"):
        Folder(tmp_path / "file" / "archive").scratch()


def test_bucket_that_is_not_there(s3_access: BucketAccess, tmp_path: Path) -> None:
    """Nothing can be put into it, and the error says so."""
    scratch = tmp_path / "scratch"
    scratch.write_bytes(b"one")

    with pytest.raises(Unavailable, match="the archive cannot be used"):
        Bucket("nowhere", prefix="", access=s3_access).put(scratch, NAME)


def test_folders_that_are_empty_go(tmp_path: Path) -> None:
    """With its last file a site's folder is gone, the archive's stays."""
    store = Folder(tmp_path / "archive")
    put(store, NAME, b"one")
    scratch = store.scratch()
    store.remove([NAME])

    assert list((tmp_path / "archive").iterdir()) == [scratch]
    assert scratch.name.startswith(SCRATCH)


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        (NAME, FileName(7, FileKind.EVENTS, 1_795_132_800_000, 1_795_132_800_000 + DAY, 3)),
        (
            "site=7/sessions-2026-12.v41.parquet",
            FileName(7, FileKind.SESSIONS, 1_796_083_200_000, 1_798_761_600_000, 41),
        ),
        ("site=7/notes.txt", None),
        ("site=7/events-2026-13-01.v1.parquet", None),
        (".making-x", None),
        ("site=7/events-2026-11-20.v3.parquet.bak", None),
    ],
)
def test_names(name: str, parsed: FileName | None) -> None:
    """A name says everything, both ways; whatever else lies there is not ours."""
    assert parse(name) == parsed
    if parsed is not None:
        assert str(parsed) == name


def test_addresses(tmp_path: Path) -> None:
    """A path, a file address, a bucket; nothing where nothing is said and there is no folder of the installation."""
    assert open_store("", default=None) is None
    shown = [
        found.shown
        for found in (
            open_store("", default=tmp_path),
            open_store(str(tmp_path / "a"), default=None),
            open_store(f"file://{tmp_path}/with%20space", default=None),
            open_store("s3://bucket/some/prefix/", default=tmp_path),
        )
        if found is not None
    ]
    assert shown == [str(tmp_path), f"{tmp_path}/a", f"{tmp_path}/with space", "s3://bucket/some/prefix"]
    with pytest.raises(InvalidInput, match="ARCHIVE_URL"):
        open_store("ftp://host/folder", default=None)
    assert isinstance(open_store("s3://bucket", default=None), Bucket)


def test_dates() -> None:
    """A month ends where the next begins."""
    name = parse("site=1/events-2026-02.v1.parquet")
    assert name is not None
    assert (name.begin, name.end) == (millis_of(date(2026, 2, 1)), millis_of(date(2026, 3, 1)))
