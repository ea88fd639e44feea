"""How much a signal matters."""

from __future__ import annotations

from math import log, sqrt
from typing import Final

_REACH: Final = 50
_EVIDENCE: Final = 30
_SIZE: Final = 20
#: A z score beyond which more evidence makes no difference.
_CERTAIN: Final = 10.0


def importance(*, reach: float, score: float, now: float, usual: float) -> int:
    """Return from 0 to 100 how much a signal matters.

    Up to 50 for how much of the site it concerns, by the root of that share; up to 30 for how sure it is, all from a z
    score of 10; up to 20 for how far it is from what is usual, by the logarithm of the ratio, all from e (2.7) times.

    Args:
        reach: the share of the site's hits or visits that it concerns; beyond 1 is 1.
        score: its z score.
        now: what was found.
        usual: what was to be expected.
    """
    size = min(1.0, abs(log(now) - log(usual))) if now and usual else 1.0
    points = _REACH * sqrt(min(1.0, max(0.0, reach))) + _EVIDENCE * min(1.0, abs(score) / _CERTAIN) + _SIZE * size
    return round(points)
