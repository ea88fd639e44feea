"""Every example of accounts, users and websites, and of our extensions, request by request, down to the last field."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.api.world import World

GOLDEN: Final = Path(__file__).parent / "golden"
#: What was dropped of the website.
DROPS: Final = (
    ("2026-02-22", "gpc", 100),
    ("2026-02-24", "gpc", 12),
    ("2026-02-24", "other_host", 3),
    ("2026-03-01", "gpc", 8),
    ("2026-03-02", "gpc", 100),
)
_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SHAPES: Final = {"<instant>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "<key>": "tt_[A-Za-z0-9_-]{43}"}


class Names:
    """What the names in angle brackets stand for: the first sight of one binds it."""

    def __init__(self) -> None:
        self.bound: dict[str, str] = {}

    def filled(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """The value with every bound name replaced."""
        text = json.dumps(value)
        for name, meaning in self.bound.items():
            text = text.replace(name, meaning)
        return json.loads(text)

    def bind(self, expected: Any, actual: Any) -> Any:  # noqa: ANN401 - JSON
        """What is expected, its unbound names replaced by what stands there, if that has the right form."""
        if isinstance(expected, dict) and isinstance(actual, dict):
            return {field: self.bind(value, actual.get(field)) for field, value in expected.items()}
        if isinstance(expected, list) and isinstance(actual, list):
            return [self.bind(value, other) for value, other in zip(expected, actual, strict=True)]
        if isinstance(expected, str) and re.fullmatch("<.*>", expected) and isinstance(actual, str):
            if not re.fullmatch(_SHAPES.get(expected, _UUID), actual):
                return expected
            if expected != "<instant>":
                self.bound.setdefault(expected, actual)
            return actual
        return expected


@pytest.mark.parametrize("file", ["tenants.json", "extensions.json", "definitions.json"])
async def test_every_example(world: World, file: str) -> None:
    """Asked in this order, each request gets exactly its answer; the fields come in the documented order too."""
    pairs: list[dict[str, Any]] = json.loads((GOLDEN / file).read_text())
    for day, reason, count in DROPS:
        world.execute("INSERT INTO drops VALUES (%s, %s, %s, %s)", world.site.id, day, reason, count)
    names = Names()
    names.bound["<site>"] = str(world.site.uuid)
    keys = {"admin": world.admin_key, "user": world.user_key}
    for pair in pairs:
        asked = names.filled(pair["request"])
        response = await world.client.request(
            asked["method"],
            asked["path"],
            headers={"X-API-KEY": keys.get(asked["key"], asked["key"])},
            json=asked.get("body"),
        )
        actual = response.json()
        expected = names.bind(names.filled(pair["response"]), actual)
        assert (pair["example"], pair["status"], expected) == (pair["example"], response.status_code, actual)
        assert json.dumps(expected) == json.dumps(actual)
