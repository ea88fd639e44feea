"""docs/apis.md is complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.api.routes import api_routes
from tests.api.served import served

_DOCUMENT: Final = (Path(__file__).parents[2] / "docs/apis.md").read_text(encoding="utf-8")
_HEADINGS: Final = {
    "beep": "beep-analytics",
    "antics": "Antics",
    "platform": "Platform API v2",
    "tinylytics": "Tinylytics",
}
#: The server's own, which Antics' text has too.
_SHARED: Final = {("GET", "/metrics")}


def _documented(heading: str) -> set[tuple[str, str]]:
    """Method and path of each route in the table under a heading, parameters as `{id}`."""
    section = _DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    found = re.findall(r"`([A-Z]+) (/[^`]*)`", " ".join(cells))
    return {(method, re.sub(r":\w+", "{id}", path)) for method, path in found} - _SHARED


@pytest.fixture(scope="module")
def routes(module_database: str) -> dict[str, set[tuple[str, str]]]:
    """Method and path of each route, by API, parameters as `{id}`."""
    with served(module_database) as server:
        return {
            api: {(method, re.sub(r"{[^}]+}", "{id}", path)) for method, path in api_routes(server.app, api)}
            for api in _HEADINGS
        }


@pytest.mark.parametrize("api", _HEADINGS)
def test_every_route_is_documented(routes: dict[str, set[tuple[str, str]]], api: str) -> None:
    """And none that is not there."""
    assert _documented(_HEADINGS[api]) == routes[api]
