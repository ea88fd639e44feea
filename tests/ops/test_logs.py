"""The log, for people and for machines."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import TYPE_CHECKING

import pytest

from ops import logs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _root() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_record_is_one_line_in_utc() -> None:
    """Text: time in UTC with milliseconds, level, logger, message."""
    stream = io.StringIO()
    logs.configure(level="info", form="text", stream=stream)
    logging.getLogger("streams.engine").info("applied %d", 3)
    logging.getLogger("streams.engine").debug("unseen")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO    streams\.engine: applied 3\n", stream.getvalue()
    )


def test_a_record_is_one_object_in_json() -> None:
    """JSON: one object a line, a traceback inside it."""
    stream = io.StringIO()
    logs.configure(level="info", form="json", stream=stream)
    try:
        int("no")
    except ValueError:
        logging.getLogger("x").exception("it broke\nin two lines")
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["message"]) == ("error", "x", "it broke\nin two lines")
    assert "ValueError: invalid literal" in entry["traceback"]
