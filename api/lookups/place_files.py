"""Files in MaxMind's format (MMDB), opened for looking addresses up."""

from __future__ import annotations

import shutil
import tempfile
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import maxminddb

from api.lookups.layouts import place_of
from core.errors import InvalidInput
from core.places import NO_PLACE, Place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Records that are read until one names a country; files of networks' owners or of anonymisers have none.
_TRIED: Final = 1_000
#: What a reader raises for an address that it cannot look up, and for data that contradicts itself.
_LOOK_UP_ERRORS: Final = (ValueError, maxminddb.InvalidDatabaseError)


class PlaceFile(NamedTuple):
    """One open file."""

    reader: maxminddb.Reader
    version: int  # of the addresses it knows: 4, or 6 for both
    kind: str  # its maker's name for it
    built: int  # seconds since 1970 UTC


class PlaceFiles(NamedTuple):
    """Open files, asked one after the other; the first that knows an address's place answers."""

    files: Sequence[PlaceFile] = ()

    @property
    def built(self) -> int:
        """When the oldest of them was built, seconds since 1970 UTC; 0 without any."""
        return min((file.built for file in self.files), default=0)

    def place(self, ip: str) -> Place:
        """Return the place of an address; one that cannot be looked up has none."""
        for file in self.files:
            if ":" in ip and file.version == 4:  # it would raise
                continue
            try:
                place = place_of(file.reader.get(ip))
            except _LOOK_UP_ERRORS:
                continue
            if place is not NO_PLACE:
                return place
        return NO_PLACE


def open_place_file(path: Path) -> PlaceFile:
    """Open a file for as long as the result lives.

    A private copy is mapped into memory, not the file itself: were that overwritten in place, the next look-up would
    end the process. The copy has no name and goes when the result does.

    Raises:
        OSError: it cannot be read, or there is no room for the copy.
        InvalidInput: it is not in this format, or it is about something else than places.
    """
    with tempfile.NamedTemporaryFile(prefix="footfall-places-", suffix=".mmdb") as copy:
        with path.open("rb") as file:
            shutil.copyfileobj(file, copy, 1 << 20)
        copy.flush()
        try:
            reader = maxminddb.open_database(copy.name, maxminddb.MODE_AUTO)
            metadata = reader.metadata()
            known = any(place_of(record).country for _, record in islice(reader, _TRIED))
        except _LOOK_UP_ERRORS as error:
            raise InvalidInput(f"{path} is not a whole file in MaxMind's format (.mmdb)") from error
    if not known:
        raise InvalidInput(f"{path} ({metadata.database_type}) names no countries: give a City or Country file")
    return PlaceFile(reader, metadata.ip_version, metadata.database_type, metadata.build_epoch)
