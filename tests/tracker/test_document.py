"""docs/tracker.md and the types for TypeScript, held to the source of the script."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pytest

from tracker.builds import NAMES, Extra

_ROOT: Final = Path(__file__).parents[2]
_DOCUMENT: Final = (_ROOT / "docs/tracker.md").read_text()
_TYPES: Final = (_ROOT / "tracker/tracker.d.ts").read_text()
_DIALECTS: Final = {"beep": "data-endpoint", "antics": "data-api"}
_SOURCES: Final = sorted((_ROOT / "tracker/src").rglob("*.js"))
_SOURCE: Final = "\n".join(path.read_text() for path in _SOURCES if path.stem not in _DIALECTS)


def _rows(heading: str) -> list[str]:
    """The first cells of the table under a heading, without the marks of code."""
    section = _DOCUMENT.split(f"{heading}\n")[1].split("\n#")[0]
    return [line.split("|")[1].strip().strip("`") for line in section.splitlines() if line.startswith("|")][2:]


def _attributes() -> list[str]:
    """What the source reads from the script tag."""
    read = re.findall(r'dataset\.(\w+)|"(\w+)" in dataset', _SOURCE)
    return sorted({f"data-{one or other}" for one, other in read})


def test_every_attribute_is_documented() -> None:
    """The document has exactly one line for each attribute that the source reads from the tag."""
    assert sorted(_rows("### Attributes of the script tag")) == _attributes()


def test_every_attribute_is_in_the_types() -> None:
    """So has the list in the file of types, beside the attributes of elements."""
    listed = re.findall(r"^ \* - `(data-[^`]+)`", _TYPES, re.MULTILINE)

    assert sorted(listed) == sorted([*_attributes(), "data-analytics-*", "data-analytics-event"])


@pytest.mark.parametrize("api", _DIALECTS)
def test_every_attribute_of_another_apis_script_is_documented(api: str) -> None:
    """Each has one, which says where events go."""
    source = "\n".join(path.read_text() for path in _SOURCES if path.stem == api)

    assert {_DIALECTS[api]} == {f"data-{name}" for name in re.findall(r"dataset\.(\w+)", source)}
    assert f"`{_DIALECTS[api]}`" in _DOCUMENT.split("## Scripts of other APIs\n")[1].split("\n## ")[0]


def test_every_extra_is_documented() -> None:
    """The document has exactly one line for each extra, and says how many builds they make."""
    assert _rows("### Extras") == list(Extra)
    assert f"All {len(NAMES)} combinations" in _DOCUMENT


def test_every_event_is_documented() -> None:
    """Each type of event that the source adds is in the table of events; `engagement` is Antics' word."""
    added = set(re.findall(r'add\(\s*(?:file \? )?"(\w+)"', _SOURCE)) - {"scroll_", "custom", "engagement"}
    documented = " ".join(_rows("## Events"))

    assert {"page_view", "close_tab", "file_download", "web_vitals"} == added
    assert [
        name for name in sorted(added | {"outbound_link", "scroll_25", "scroll_75"}) if name not in documented
    ] == []


def test_every_download_is_documented() -> None:
    """The document lists the extensions of downloads, which stand in one file."""
    extensions = json.loads((_ROOT / "tracker/downloads.json").read_text())

    assert ", ".join(extensions) in _DOCUMENT
