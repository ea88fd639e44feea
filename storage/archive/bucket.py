"""The archive in a bucket of an S3-compatible store."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from core.errors import NotFound, Unavailable
from storage.archive.files import SCRATCH, FoundFile, Sources, folder_of
from storage.times import millis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: What such stores take for a region where they have none.
_ANY_REGION: Final = "us-east-1"
_RETRIES: Final = 5
_PATIENCE: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAccess:
    """How a bucket is reached; what is empty comes from the environment (`AWS_…`), or from the machine's role."""

    endpoint: str = ""  #: of another store than Amazon's, as http://host:port
    region: str = ""
    access_key: str = ""
    secret_key: str = ""

    @property
    def options(self) -> dict[str, str]:
        """What is known, by the names that every client of such stores has for it."""
        given = {
            "aws_endpoint": self.endpoint,
            "aws_region": self.region or (_ANY_REGION if self.endpoint else ""),
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
        }
        return {name: value for name, value in given.items() if value}

    @property
    def is_plain(self) -> bool:
        """Whether the store is asked without encryption, as within a network of one's own."""
        return self.endpoint.startswith("http://")


class Bucket:
    """Files under a prefix of a bucket. A put is whole or not there at all, and durable when it is answered."""

    def __init__(self, bucket: str, *, prefix: str, access: BucketAccess) -> None:
        self._address = f"s3://{bucket}/{prefix}".rstrip("/")
        self._options = access.options | ({"aws_allow_http": "true"} if access.is_plain else {})
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            client_options={"allow_http": access.is_plain},
            config=access.options,  # type: ignore[arg-type]  # the library takes the names that Polars takes, too
            retry_config={"max_retries": _RETRIES, "retry_timeout": _PATIENCE},
        )

    @property
    def shown(self) -> str:
        """Its address."""
        return self._address

    def scratch(self) -> Path:
        """Return a path in this machine's temporary folder."""
        descriptor, path = tempfile.mkstemp(prefix=f"footfall{SCRATCH}")
        os.close(descriptor)
        return Path(path)

    def put(self, scratch: Path, name: str) -> None:
        """See `ArchiveStore.put`."""
        with _told():
            obstore.put(self._store, name, scratch)
        scratch.unlink()

    def read(self, name: str) -> Iterator[bytes]:
        """See `ArchiveStore.read`."""
        with _told():
            try:
                found = obstore.get(self._store, name)
            except (NotFoundError, FileNotFoundError) as error:
                raise NotFound(f"{name} is not in the archive") from error
            for block in found.stream():
                yield bytes(block)

    def sources(self, names: Iterable[str]) -> Sources:
        """See `ArchiveStore.sources`."""
        return Sources([f"{self._address}/{name}" for name in names], self._options)

    def found(self, site: int | None = None) -> Iterator[FoundFile]:
        """See `ArchiveStore.found`."""
        with _told():
            for batch in obstore.list(self._store, None if site is None else folder_of(site)):
                for found in batch:
                    yield FoundFile(found["path"], found["size"], millis(found["last_modified"]))

    def remove(self, names: Iterable[str]) -> None:
        """See `ArchiveStore.remove`."""
        for name in names:
            with _told():
                try:
                    obstore.delete(self._store, name)
                except (NotFoundError, FileNotFoundError):
                    continue


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        told = str(error).partition("\n")[0]
        raise Unavailable(f"the archive cannot be used: {told}", retry_after=60) from error
