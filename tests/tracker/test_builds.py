"""The builds of the script: how small they are, and that they are what the source builds."""

from __future__ import annotations

import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Final

import brotli
import pytest

from tracker.builds import DIALECTS, NAMES, Extra, build_name, builds

TRACKER: Final = Path(__file__).parents[2] / "tracker"
DEFAULT_BYTES: Final = 1_000
ALL_BYTES: Final = 1_500
DIALECT_BYTES: Final = 620
EXTRA_BYTES: Final = {Extra.FORMS: 100, Extra.OWNER: 100, Extra.PATHS: 100, Extra.VITALS: 300}


def packed(name: str) -> int:
    """Bytes of a script on the wire: brotli's best, by the reference library."""
    return len(brotli.compress(builds()[name].content, quality=11))


def size(*extras: Extra) -> int:
    """The same of our own with these extras."""
    return packed(build_name(extras))


def test_names() -> None:
    """Sixteen of our own, the extras of each in alphabetical order, and one for each API that has a script."""
    assert len(set(NAMES)) == 16
    assert NAMES[0] == "tracker.js"
    for name in NAMES:
        extras = name.split(".")[1:-1]
        assert all(before < after for before, after in pairwise(extras))
    files = {path.name for path in (TRACKER / "built").iterdir()}
    assert files == {f"{name}{ending}" for name in (*NAMES, *DIALECTS) for ending in ("", ".br")}


def test_the_default_is_small() -> None:
    """Every feature of the default build within 1,000 bytes."""
    assert size() <= DEFAULT_BYTES


@pytest.mark.parametrize("extra", Extra)
def test_an_extra_is_small(extra: Extra) -> None:
    """Each alone adds at most 100 bytes, the web vitals 300."""
    assert size(extra) - size() <= EXTRA_BYTES[extra]


def test_everything_is_small() -> None:
    """No combination is larger than 1,500 bytes."""
    largest = max(packed(name) for name in NAMES)
    assert largest <= ALL_BYTES
    assert largest == size(*Extra)


@pytest.mark.parametrize("name", DIALECTS)
def test_the_scripts_of_other_apis_are_small(name: str) -> None:
    """Each within 620 bytes."""
    assert packed(name) <= DIALECT_BYTES


def test_the_document_tells_the_sizes() -> None:
    """Of every build: minified and in brotli; what gzip makes of it depends on the machine's zlib."""
    document = (TRACKER.parent / "docs" / "tracker.md").read_text(encoding="utf-8")
    for name, build in builds().items():
        assert re.search(rf"\| `{name}` \| {len(build.content):,} \| [\d,]+ \| {packed(name):,} \|\n", document)


@pytest.mark.parametrize("name", builds())
def test_what_was_compressed_beforehand(name: str) -> None:
    """It is the script, and no larger than the reference library makes it now."""
    build = builds()[name]
    assert build.content == brotli.decompress(build.brotli)
    assert len(build.brotli) <= len(brotli.compress(build.content, quality=11))


@pytest.mark.parametrize("name", builds())
def test_strict_pages_may_run_it(name: str) -> None:
    """Nothing that a content security policy refuses or that stores something; only the owner's switch stores."""
    content = builds()[name].content.decode()
    for word in ("eval(", "Function(", "innerHTML", "document.write", "cookie", "sessionStorage", "indexedDB"):
        assert word not in content
    assert ("localStorage" in content) == (Extra.OWNER in name.split("."))


def test_the_lock_names_no_address() -> None:
    """Whoever builds asks the registry that npm is set up for."""
    lock = json.loads((TRACKER / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_they_are_what_the_source_builds(workshop: Path) -> None:
    """Built anew with the locked tools, every script is byte for byte the one in the repository."""
    built = subprocess.run(["node", "build.mjs"], cwd=workshop, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    found = {name: (workshop / "built" / name).read_bytes() for name in builds()}
    assert {name: build.content for name, build in builds().items()} == found
