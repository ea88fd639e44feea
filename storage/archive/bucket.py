"""The archive in a bucket of an S3-compatible store."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAccess:
    """How a bucket is reached; what is empty comes from the environment (`AWS_…`), or from the machine's role."""

    endpoint: str = ""  #: of another store than Amazon's, as http://host:port
    region: str = ""
    access_key: str = ""
    secret_key: str = ""

    @property
    def options(self) -> dict[str, str]:
        """As the library and Polars both understand it."""
        given = {
            "aws_endpoint_url": self.endpoint,
            "aws_region": self.region or (_ANY_REGION if self.endpoint else ""),
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "aws_allow_http": "true" if self.endpoint.startswith("http://") else "",
        }
        return {name: value for name, value in given.items() if value}


class Bucket:
    """Files under a prefix of a bucket. A put is whole or not there at all, and durable when it is answered."""

    def __init__(self, bucket: str, *, prefix: str, access: BucketAccess) -> None:
        self._address = f"s3://{bucket}/{prefix}".rstrip("/")
        self._options = access.options
        self._store = S3Store.from_url(self._address, config=self._options)  # type: ignore[arg-type]  # names as Polars has them

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
        try:
            with _told():
                for block in obstore.get(self._store, name).stream():
                    yield bytes(block)
        except FileNotFoundError as error:
            raise NotFound(f"{name} is not in the archive") from error

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
    except (NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError(str(error)) from error
    except (BaseError, OSError) as error:
        raise Unavailable(f"the archive cannot be used: {error}", retry_after=60) from error
