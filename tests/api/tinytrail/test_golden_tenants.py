"""Every example of accounts, users and websites, request by request, down to the last field."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.api.world import World

PAIRS: Final[list[dict[str, Any]]] = json.loads((Path(__file__).parent / "golden/tenants.json").read_text())
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


async def test_every_example(world: World) -> None:
    """Asked in this order, each request gets exactly its answer; the fields come in the documented order too."""
    names = Names()
    keys = {"admin": world.admin_key, "user": world.user_key}
    for pair in PAIRS:
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
