"""Every example of the API's text, request by request, down to the last field that it has."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

from core.accounts import Api, Role
from core.spans import MINUTE
from storage import keys
from tests.cases import event_at
from tests.stores import write_events

if TYPE_CHECKING:
    from core.events import Event
    from tests.api.beep.conftest import Beep

GOLDEN: Final = Path(__file__).parent / "golden"
_SHAPES: Final = {
    "<instant>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "<token>": "[0-9a-f]{64}",
    "<another>": "[0-9a-f]{64}",
}
_NUMBER: Final = r"[1-9]\d*"


class Names:
    """What the names in angle brackets stand for: the first sight of one binds it."""

    def __init__(self, **bound: str) -> None:
        self.bound = {f"<{name}>": value for name, value in bound.items()}

    def filled(self, text: str) -> str:
        """The text with every bound name replaced."""
        for name, meaning in self.bound.items():
            text = text.replace(name, meaning)
        return text

    def bind(self, expected: Any, actual: Any) -> Any:  # noqa: ANN401 - JSON
        """What is expected, with what has the right form where names stand."""
        if isinstance(expected, dict) and isinstance(actual, dict):
            return {field: self.bind(value, actual.get(field)) for field, value in expected.items()}
        if isinstance(expected, list) and isinstance(actual, list):
            return [self.bind(value, other) for value, other in zip(expected, actual, strict=True)]
        if not isinstance(expected, str) or not re.fullmatch("<.*>", expected):
            return expected
        if not re.fullmatch(_SHAPES.get(expected, _NUMBER), str(actual)):
            return expected
        if (
            expected != "<instant>"
            and self.bound.setdefault(expected, str(actual)) != str(actual)
            and expected != "<token>"
        ):
            return self.bound[expected]
        return actual


def shortened(expected: Any, actual: Any) -> Any:  # noqa: ANN401 - JSON
    """The fields that are expected, in the order in which they came; other APIs have more of some things."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {field: shortened(expected[field], value) for field, value in actual.items() if field in expected}
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [shortened(value, other) for value, other in zip(expected, actual, strict=True)]
    return actual


def play(beep: Beep, file: str, names: Names) -> None:
    """Ask in this order and compare."""
    for pair in json.loads((GOLDEN / file).read_text()):
        answer = beep.client.request(
            pair["method"],
            names.filled(pair["path"]),
            headers={
                **({"Authorization": f"Bearer {names.filled(pair['token'])}"} if "token" in pair else {}),
                **({"Origin": pair["origin"]} if "origin" in pair else {}),
            },
            **({"json": pair["body"]} if "body" in pair else {}),
            **({"content": pair["text"]} if "text" in pair else {}),
        )
        assert (pair["example"], pair["status"]) == (pair["example"], answer.status_code)
        if "response" not in pair:
            assert (pair["example"], b"") == (pair["example"], answer.content)
            continue
        actual = shortened(pair["response"], answer.json())
        assert json.dumps(names.bind(pair["response"], actual)) == json.dumps(actual)
        assert answer.headers["content-type"] == "application/json"


def test_sites_tokens_and_addresses(beep: Beep) -> None:
    """From the first token on."""
    beep.execute("DELETE FROM api_keys WHERE api = 'beep'")
    play(beep, "keeping.json", Names())


def test_statistics(beep: Beep) -> None:
    """Of one view at noon, and of 42 later ones."""
    noon = int(datetime(2024, 1, 1, 12, tzinfo=UTC).timestamp()) * 1_000

    def view(number: int, ts: int) -> Event:
        return event_at(ts, number, site=beep.server.site.id, path="/page")._replace(
            ip="192.168.1.1",
            country="US",
            region="California",
            city="San Francisco",
            browser="Chrome",
            browser_version="120",
            os="Windows",
            os_version="10",
            referrer="google.com",
        )

    with psycopg.connect(beep.server.dsn) as connection:
        write_events(connection, [view(number, noon + (number and 1_000) * MINUTE * number) for number in range(43)])
        token = keys.create(connection, Api.BEEP, Role.USER, "users")
    play(beep, "stats.json", Names(token=token))
