"""The command line: one file per group of commands."""

from __future__ import annotations

import sys

from ops.cli.app import app
from ops.cli.exits import exit_of

__all__ = ["main"]


def main() -> None:
    """Run the command of `sys.argv` and end the process with its documented status."""
    try:
        app()
    except Exception as error:
        status = exit_of(error)
        if status is None:
            raise
        sys.stderr.write(f"footfall: {error}\n")
        sys.exit(status)
