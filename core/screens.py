"""Screen widths in a few buckets, too coarse to tell anybody apart."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

UNKNOWN: Final = "unknown"
_UPPER: Final = (375, 768, 1_024, 1_440)
_BUCKETS: Final = ("320-375", "376-768", "769-1024", "1025-1440", "1441+")


def bucket_of(width: float) -> str:
    """Return the bucket of a width in pixels; the first also holds narrower ones, 0 and less are unknown."""
    return _BUCKETS[bisect_left(_UPPER, int(width))] if width >= 1 else UNKNOWN
