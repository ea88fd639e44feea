"""The log, for people and for machines."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import TYPE_CHECKING, Literal

import pytest

from core import tracing
from ops import logs

if TYPE_CHECKING:
    from collections.abc import Iterator


LIBRARIES = ("kafka", "aiokafka", "faust", "mode", "uvicorn")


@pytest.fixture(autouse=True)
def _root() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(levels[name])


def test_a_record_is_one_line_in_utc() -> None:
    """Text: time in UTC with milliseconds, level, logger, message."""
    stream = io.StringIO()
    logs.configure(level="info", form="text", stream=stream)
    logging.getLogger("streams.engine").info("applied %d", 3)
    logging.getLogger("streams.engine").debug("unseen")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO    streams\.engine: applied 3\n", stream.getvalue()
    )


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("text", "x: one\nx: two request_id=abc\nx: three request_id=abc batch=log-3-7-9\n"),
        ("json", [(None, None), ("abc", None), ("abc", "log-3-7-9")]),
    ],
)
def test_a_line_names_the_request_and_the_batch_that_it_is_about(
    form: Literal["text", "json"], expected: object
) -> None:
    """Where it is about one."""
    stream = io.StringIO()
    logs.configure(level="info", form=form, stream=stream)
    logging.getLogger("x").info("one")
    with tracing.request("abc"):
        logging.getLogger("x").info("two")
        with tracing.batch("log", 3, 7, 9):
            logging.getLogger("x").info("three")
    if form == "text":
        assert expected == re.sub(r"^\S+ INFO +", "", stream.getvalue(), flags=re.MULTILINE)
    else:
        entries = [json.loads(line) for line in stream.getvalue().splitlines()]
        assert expected == [(entry.get("request_id"), entry.get("batch")) for entry in entries]


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


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug", logging.DEBUG), ("info", logging.WARNING), ("warning", logging.WARNING), ("error", logging.ERROR)],
)
def test_the_libraries_around_the_log_are_heard_on_demand(level: str, heard: int) -> None:
    """Below a warning they are written at the level debug only; a web server never writes its visitors' addresses."""
    logs.configure(level=level, form="text", stream=io.StringIO())
    for library in ("kafka", "aiokafka.consumer", "faust", "mode.services"):
        assert logging.getLogger(library).getEffectiveLevel() == heard
    assert logging.getLogger("uvicorn.access").getEffectiveLevel() == max(heard, logging.WARNING)
