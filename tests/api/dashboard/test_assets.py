"""Files that pages load: names that never change their meaning, and those of others as they were published."""

from __future__ import annotations

import re
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

import brotli
import pytest
from rcssmin import cssmin

from api.dashboard.assets import SHEETS, Asset, Assets

if TYPE_CHECKING:
    import httpx

_STATIC = files("api.dashboard").joinpath("static")


def test_files_of_others_are_as_they_were_published() -> None:
    """Each vendored file has the hash that NOTICE names with its version and licence, and no other file lies there."""
    vendor = _STATIC.joinpath("vendor")
    notice = vendor.joinpath("NOTICE").read_text(encoding="utf-8")
    named = dict(re.findall(r"^(\S+\.js)\n.*\n    sha256 ([0-9a-f]{64})$", notice, re.MULTILINE))
    found = {
        f"{folder.name}/{file.name}": sha256(file.read_bytes()).hexdigest()
        for folder in vendor.iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name != "LICENSE"
    }
    assert named == found
    assert all(vendor.joinpath(name.partition("/")[0], "LICENSE").is_file() for name in named)


def test_every_style_sheet_is_served() -> None:
    """Each sheet is part of one that is served, with its rules in their order, none of them left out."""
    folder = {file.name.removesuffix(".css") for file in _STATIC.joinpath("css").iterdir()}
    assert sorted(folder) == sorted(name for names in SHEETS.values() for name in names)
    assets = Assets()
    for sheet, names in SHEETS.items():
        content = assets.served[assets.url(sheet).removeprefix("/assets/")].content
        places = [content.index(_first_rule(name)) for name in names]
        assert places == sorted(places)


def test_what_is_ours_is_small() -> None:
    """Comments and indentation stay here, also those of modules; strings are as they were."""
    served = Assets().served
    nav = next(asset.content for name, asset in served.items() if name.startswith("js/nav."))
    assert b"// Links and forms" not in nav
    assert b'"text/html; fragment=report"' in nav
    assert len(nav) < len(_STATIC.joinpath("js", "nav.js").read_bytes())


def test_modules_import_each_other_by_their_hashes() -> None:
    """What a module imports is named as it is served, so a change of it changes the name of both."""
    served = Assets().served
    keys = next(asset for name, asset in served.items() if name.startswith("js/keys."))
    imported = re.findall(rb'from\s*"/assets/([^"]+)"', keys.content)
    assert [name.startswith(b"js/nav.") for name in imported] == [True]
    assert imported[0].decode() in served


def test_a_name_is_of_the_content() -> None:
    """The same bytes have the same name; others another, and each is compressed to itself."""
    one, same, other = Asset("js/a.js", b"1;"), Asset("js/a.js", b"1;"), Asset("js/a.js", b"2;")
    assert one.name == same.name != other.name
    assert brotli.decompress(one.brotli) == b"1;"


def _first_rule(name: str) -> bytes:
    """How the first rule of a sheet begins, once it is small."""
    text = cssmin(_STATIC.joinpath("css", f"{name}.css").read_text(encoding="utf-8"))
    return str(text).encode()[:40]


@pytest.mark.parametrize(("accepted", "coding"), [("gzip, br", "br"), ("gzip", "gzip"), ("", None)])
async def test_assets_are_kept_for_ever(page_client: httpx.AsyncClient, accepted: str, coding: str | None) -> None:
    """A file is never asked for twice; a name of another version is 404."""
    url = Assets().url("page.css")
    answer = await page_client.get(url, headers={"Accept-Encoding": accepted})
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert (await page_client.get("/assets/page.000000000000.css")).status_code == 404
