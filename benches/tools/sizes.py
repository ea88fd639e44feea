"""How many events are measured: a bench's own sizes, those that take minutes too, or those of the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGE: Final = "BENCH_LARGE"
SIZES: Final = "BENCH_SIZES"


def sizes(usual: Sequence[int], *, large: Sequence[int] = ()) -> tuple[int, ...]:
    """Return the sizes of `python -m benches --sizes 200000,1000000` or BENCH_SIZES, else the usual ones.

    With `--large` or BENCH_LARGE=1 the large ones too.
    """
    if asked := os.environ.get(SIZES, ""):
        return tuple(int(size) for size in asked.split(","))
    return *usual, *(large if os.environ.get(LARGE, "") not in {"", "0"} else ())
