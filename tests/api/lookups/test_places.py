"""Places by files that come, change and break while we serve."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Any, Final

import pytest

from api.lookups.place_files import open_place_file
from api.lookups.places import Places
from core.errors import InvalidInput
from core.places import NO_PLACE, Place
from tests.api.lookups.mmdb import write_places
from tests.measurements import Measurements

if TYPE_CHECKING:
    from pathlib import Path

BUILT: Final = "footfall_places_built_timestamp_seconds"
LONDON: Final = {"country": {"iso_code": "GB"}, "city": {"names": {"en": "London"}}}
PARIS: Final = {"country": {"iso_code": "FR"}, "city": {"names": {"en": "Paris"}}}


def _places(*paths: Path, measurements: Measurements | None = None) -> Places:
    places = Places(paths, telemetry=measurements or Measurements())
    places.refresh()
    return places


@pytest.mark.parametrize(
    ("ip", "place"),
    [
        ("81.2.69.160", Place("GB", "", "London")),
        ("2a02:8000::1", Place("FR", "", "Paris")),
        ("127.0.0.1", NO_PLACE),
        ("::1", NO_PLACE),
        ("", NO_PLACE),
        ("nonsense", NO_PLACE),
    ],
)
def test_addresses(tmp_path: Path, ip: str, place: Place) -> None:
    """Both kinds of addresses are found; what is in no network, or no address, is nowhere."""
    file = write_places(tmp_path / "a.mmdb", {"81.2.69.0/24": LONDON, "2a02:8000::/20": PARIS})
    assert _places(file)(ip) == place


def test_two_files(tmp_path: Path) -> None:
    """The first file that knows an address answers; one of IPv4 only is not asked for IPv6."""
    four = write_places(tmp_path / "four.mmdb", {"81.2.69.0/24": LONDON}, version=4)
    six = write_places(tmp_path / "six.mmdb", {"81.2.0.0/16": PARIS, "2a02:8000::/20": PARIS})
    places = _places(four, six)
    found = [places(ip).city for ip in ("81.2.69.1", "81.2.70.1", "2a02:8000::1", "2a03::1")]
    assert found == ["London", "Paris", "Paris", ""]


def test_without_a_file_nothing_fails(tmp_path: Path) -> None:
    """Every address is nowhere, with no file named as with one that is not there."""
    for places in (_places(), _places(tmp_path / "none.mmdb")):
        assert places("81.2.69.160") == NO_PLACE


def test_missing_files_are_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """At the first look one line names the files and how to get them; no name, no line."""
    with caplog.at_level("INFO"):
        places = _places(tmp_path / "a.mmdb", tmp_path / "b.mmdb")
        places.refresh()
        _places()
    assert [record.getMessage() for record in caplog.records] == [
        f"no places: nothing of {tmp_path}/a.mmdb, {tmp_path}/b.mmdb can be read; `footfall geo fetch` gets files"
    ]


def test_a_file_that_comes_later_is_read(tmp_path: Path) -> None:
    """A file may be fetched while we serve; the gauge tells when it was built."""
    measurements = Measurements()
    places = _places(tmp_path / "a.mmdb", measurements=measurements)
    assert BUILT not in measurements.gauges
    write_places(tmp_path / "a.mmdb", {"81.2.69.0/24": LONDON})
    places.refresh()
    assert places("81.2.69.160").city == "London"
    assert measurements.gauges[BUILT] > 1_700_000_000


def test_a_replaced_file_is_read_and_its_cache_forgotten(tmp_path: Path) -> None:
    """After a replacement the same address has its new place."""
    file = write_places(tmp_path / "a.mmdb", {"81.2.69.0/24": LONDON})
    places = _places(file)
    before = places("81.2.69.160").city
    write_places(file, {"81.2.69.0/24": PARIS})
    places.refresh()
    assert (before, places("81.2.69.160").city) == ("London", "Paris")


def _garbage(file: Path) -> None:
    file.write_bytes(b"not a database")


def _half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _owners(file: Path) -> None:
    write_places(file, {"81.2.69.0/24": {"autonomous_system_number": 1}}, kind="Test-ASN")


def _gone(file: Path) -> None:
    file.unlink()


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("spoil", [_garbage, _half, _empty, _owners, _gone, _folder])
def test_a_spoiled_file_changes_nothing(tmp_path: Path, spoil: Any, caplog: pytest.LogCaptureFixture) -> None:  # noqa: ANN401 - a function of the cases
    """Overwritten in place, cut, emptied or removed: it is logged once, and the places of before stay."""
    file = write_places(tmp_path / "a.mmdb", {"81.2.69.0/24": LONDON})
    places = _places(file)
    spoil(file)
    caplog.clear()
    with caplog.at_level("INFO"):
        places.refresh()
        places.refresh()
    assert places("81.2.69.161").city == "London"
    assert len(caplog.records) == 1
    assert str(file) in caplog.text


def test_a_mended_file_is_read(tmp_path: Path) -> None:
    """A broken file is looked at again when it changes."""
    file = tmp_path / "a.mmdb"
    _garbage(file)
    places = _places(file)
    write_places(file, {"81.2.69.0/24": LONDON})
    places.refresh()
    assert places("81.2.69.160").city == "London"


def test_one_broken_file_leaves_the_other(tmp_path: Path) -> None:
    """Of two files the good one is used."""
    _garbage(tmp_path / "bad.mmdb")
    good = write_places(tmp_path / "good.mmdb", {"81.2.69.0/24": LONDON})
    assert _places(tmp_path / "bad.mmdb", good)("81.2.69.160").city == "London"


def test_damaged_records_are_nowhere(tmp_path: Path) -> None:
    """A record that contradicts itself costs its place, not the event."""
    path = write_places(tmp_path / "a.mmdb", {"10.0.0.0/8": {"country_code": "DE"}, "81.2.69.0/24": LONDON})
    data = path.read_bytes()
    spoiled = tmp_path / "b.mmdb"
    spoiled.write_bytes(data.replace(b"\x46London", b"\x5fLondon"))
    assert data != spoiled.read_bytes()
    places = _places(spoiled)
    assert (places("10.0.0.1"), places("81.2.69.160")) == (Place("DE"), NO_PLACE)


async def test_it_is_kept_while_we_serve(tmp_path: Path) -> None:
    """The keeper is ready at once, also without a file, and reads one that comes."""
    places = Places([tmp_path / "a.mmdb"], telemetry=Measurements(), poll_seconds=0.01)
    task = asyncio.create_task(places.keep())
    try:
        async with asyncio.timeout(5):
            await places.ready.wait()
            assert places("81.2.69.160") == NO_PLACE
            write_places(tmp_path / "a.mmdb", {"81.2.69.0/24": LONDON})
            while places("81.2.69.160") == NO_PLACE:  # noqa: ASYNC110 - what is waited for is the file
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def test_a_file_of_owners_is_refused(tmp_path: Path) -> None:
    """Whoever gives a file of another kind is told which kinds there are."""
    file = write_places(tmp_path / "asn.mmdb", {"81.2.69.0/24": {"autonomous_system_number": 1}}, kind="Test-ASN")
    with pytest.raises(InvalidInput, match=r"Test-ASN\) names no countries: give a City or Country file"):
        open_place_file(file)
