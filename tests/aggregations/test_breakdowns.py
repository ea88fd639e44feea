"""Sources made of counted visits."""

from __future__ import annotations

from datetime import date

import pytest

from aggregations.breakdowns import sources
from core.dimensions import Dimension
from core.ranges import Days

VISITS = {"Direct": 9, "Referral": 4, "AI Assistant": 6, "Email": 5}


@pytest.mark.parametrize(
    ("assistants", "limit", "offset", "rows"),
    [
        (True, 9, 0, [("Direct", 9), ("AI Assistant", 6), ("Email", 5), ("Referral", 4)]),
        (False, 9, 0, [("Referral", 10), ("Direct", 9), ("Email", 5)]),
        (False, 1, 1, [("Direct", 9)]),
        (False, 9, 3, []),
    ],
)
def test_assistants_are_a_channel_or_referrals(
    assistants: bool,  # noqa: FBT001 - a value of the cases
    limit: int,
    offset: int,
    rows: list[tuple[str, int]],
) -> None:
    """They stand alone where they are known; where not, their visits are added before rows are ordered and paged."""
    days = Days(first=date(2026, 1, 1), last=date(2026, 1, 2))
    found = sources(days, Dimension.CHANNEL, VISITS, assistants=assistants, limit=limit, offset=offset)
    assert rows == [(name, visits) for (name,), visits in found.rows]
