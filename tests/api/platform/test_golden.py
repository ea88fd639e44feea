"""Every example of the API's text, from the address down to the rollups that it is counted from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.api.platform.conftest import Asking

PAIRS: Final[list[dict[str, Any]]] = json.loads((Path(__file__).parent / "golden" / "examples.json").read_text())


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["example"] for pair in PAIRS])
async def test_an_example_is_answered_to_the_letter(asking: Asking, pair: dict[str, Any]) -> None:
    """Every number of it, its fields in the documented order."""
    answer = await asking.get(pair["request"], key=pair.get("key"))
    assert pair.get("status", 200) == answer.status_code
    assert json.dumps(pair["response"]) == json.dumps(answer.json())
    assert answer.headers["content-type"] == "application/json"
