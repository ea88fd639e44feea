"""The log: one line a record on standard error, for people or for machines."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import TYPE_CHECKING, Literal

from core import tracing

if TYPE_CHECKING:
    from typing import TextIO


class TextFormatter(logging.Formatter):
    """`2026-01-31T12:00:00.123Z INFO streams.engine: what happened batch=footfall-events-1-3-70-92`."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s%(at_work)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line, with what was at work at its end."""
        record.at_work = "".join(f" {name}={value}" for name, value in _at_work().items())
        return super().format(record)


class JsonFormatter(TextFormatter):
    """One JSON object a line: time, level, logger, message; request_id, batch and traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON."""
        entry = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_at_work(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def _at_work() -> dict[str, str]:
    """The request and the batch that this is about, if it is about one: records are formatted where they are made."""
    found = {"request_id": tracing.REQUEST.get(), "batch": tracing.BATCH.get()}
    return {name: value for name, value in found.items() if value}


def configure(*, level: str, form: Literal["text", "json"], stream: TextIO | None = None) -> None:
    """Send all records of at least `level` to `stream`, by default standard error.

    The libraries around the log tell of each step they take, which is worth reading at the level `debug` only.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # A connection that was closed on purpose is worth a warning to it.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    calm = max(logging.WARNING, root.level)
    logging.getLogger("uvicorn").setLevel(calm)
    for talkative in ("kafka", "aiokafka", "faust", "mode"):
        logging.getLogger(talkative).setLevel(root.level if root.level <= logging.DEBUG else calm)
