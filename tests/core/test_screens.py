"""Screen buckets."""

from __future__ import annotations

import pytest

from core.screens import bucket_of


@pytest.mark.parametrize(
    ("width", "bucket"),
    [
        (-1, "unknown"),
        (0, "unknown"),
        (0.4, "unknown"),
        (1, "320-375"),
        (320, "320-375"),
        (375, "320-375"),
        (375.5, "320-375"),
        (376, "376-768"),
        (768, "376-768"),
        (769, "769-1024"),
        (1_024, "769-1024"),
        (1_025, "1025-1440"),
        (1_440, "1025-1440"),
        (1_441, "1441+"),
        (1e300, "1441+"),
    ],
)
def test_buckets(width: float, bucket: str) -> None:
    """Each width has its bucket; narrower ones than any count to the first, none at all is unknown."""
    assert bucket_of(width) == bucket
