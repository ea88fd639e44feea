"""Sizes that take minutes are measured only when they are asked for."""

from __future__ import annotations

import os
from typing import Final

VARIABLE: Final = "BENCH_LARGE"


def large() -> bool:
    """Whether `python -m benches --large` or BENCH_LARGE=1 asks for the big sizes too."""
    return os.environ.get(VARIABLE, "") not in {"", "0"}
