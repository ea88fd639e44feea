"""docs/messages.md is right about what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from core.messages import MessageKind
from core.spans import HOUR, MINUTE
from ops.clock import SystemClock
from ops.messages.delivery import PAUSES
from ops.messages.report_text import compose
from ops.messages.webhooks import sign
from tests.ops.messages.test_reports import FULL, SITE

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT: Final = (Path(__file__).parents[3] / "docs" / "messages.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def is_genuine() -> Callable[[str, bytes, str], bool]:
    """What receivers are told to check with."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own document
    check: Callable[[str, bytes, str], bool] = names["is_genuine"]
    return check


def test_its_code_checks_signatures(is_genuine: Callable[[str, bytes, str], bool]) -> None:
    """What we sign is genuine; what somebody else did, changed or kept is not."""
    now, body = SystemClock().now_ms() // 1_000, b'{"text":"\xc3\xbc"}'
    header = sign(body, b"secret", now)
    assert is_genuine(header, body, "secret")
    assert not is_genuine(header, body, "other")
    assert not is_genuine(header, body + b" ", "secret")
    assert not is_genuine(header.replace(f"t={now}", f"t={now + 1}"), body, "secret")
    assert not is_genuine(sign(body, b"secret", now - 1_000), body, "secret")


def test_it_has_every_kind() -> None:
    """In its table."""
    table = [line for line in DOCUMENT.splitlines() if line.startswith("| `")]
    assert set(MessageKind) == {kind for line in table for kind in re.findall(r"`(\w+)`", line.split("|")[1])}


def test_its_pauses_are_those_there_are() -> None:
    """In minutes, then in hours."""
    assert (*(n * MINUTE for n in (1, 5, 15)), *(n * HOUR for n in (1, 2, 4, 8, 12, 20))) == PAUSES
    assert "1, 5 and 15 minutes, 1, 2, 4, 8, 12\nand 20 hours" in DOCUMENT


def test_its_fields_are_those_of_reports() -> None:
    """All of them, in their order."""
    (row,) = (line for line in DOCUMENT.splitlines() if line.startswith("| `weekly_report`") and "`period`" in line)
    assert list(compose(SITE, FULL, "").data) == re.findall(r"`(\w+)`", row.split("|")[2])
