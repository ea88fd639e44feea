"""`footfall` as its script runs it, in the process of the tests: a process for each call takes a second to begin."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from typer.testing import CliRunner

from ops.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator


class Ended(NamedTuple):
    """How a command ended, as `subprocess.CompletedProcess` has it."""

    returncode: int
    stdout: str
    stderr: str


def footfall(*arguments: str, **environment: str) -> Ended:
    """Run a command to its end with no settings but these, nothing to read, and outputs that are no terminals."""
    others: dict[str, str | None] = dict.fromkeys(name for name in os.environ if name.startswith("FOOTFALL_"))
    runner = CliRunner()
    with (
        _log_as_before(),
        runner.isolation(env=others | environment) as (output, errors, _),
        patch.object(sys, "argv", ["footfall", *arguments]),
    ):
        status = _status()
        sys.stdout.flush()
        sys.stderr.flush()
        return Ended(status, output.getvalue().decode(), errors.getvalue().decode())


def _status() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


@contextmanager
def _log_as_before() -> Iterator[None]:
    """A command sets the log of its process up: where it goes, and how much libraries tell."""
    root = logging.getLogger()
    named = [found for found in root.manager.loggerDict.values() if isinstance(found, logging.Logger)]
    handlers, levels = root.handlers[:], [(logger, logger.level) for logger in (root, *named)]
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for logger, level in levels:
            logger.setLevel(level)
