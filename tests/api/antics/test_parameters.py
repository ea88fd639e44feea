"""Periods in days, and what files hold."""

from __future__ import annotations

from datetime import date

import pytest

from api.csv import lines
from api.dialects.antics import parameters
from api.dialects.antics.parameters import BreakdownBy
from api.dialects.antics.translate import Line, breakdown_table
from core.errors import InvalidInput
from core.ranges import Days

TODAY = date(2028, 2, 29)


@pytest.mark.parametrize(
    ("sent", "first", "last"),
    [
        ("today", TODAY, TODAY),
        ("7d", date(2028, 2, 23), TODAY),
        ("30d", date(2028, 1, 31), TODAY),
        ("12mo", date(2027, 2, 28), TODAY),
        ("2028-03-01,2028-03-01", date(2028, 3, 1), date(2028, 3, 1)),
        ("1998-01-19,2028-02-29", date(1998, 1, 19), TODAY),
    ],
)
def test_a_period_is_of_days(sent: str, first: date, last: date) -> None:
    """Words end today; dates are both meant."""
    assert Days(first=first, last=last) == parameters.days(sent, today=TODAY)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ("12m", "period must be today, 7d, 30d, 12mo or two dates as YYYY-MM-DD,YYYY-MM-DD"),
        ("2028-02-01", "period must be today, 7d, 30d, 12mo or two dates as YYYY-MM-DD,YYYY-MM-DD"),
        ("2028-02-30,2028-03-01", "period: 2028-02-30 is no date"),
        ("2028-02-02,2028-02-01", "period: the first date must not be after the second"),
        ("1969-12-31,2028-02-01", "period: dates must lie between 1970-01-02 and 2999-12-31"),
        ("1970-01-02,2028-02-01", "period: the dates must be at most 11000 days apart"),
    ],
)
def test_what_is_no_period_is_told(sent: str, error: str) -> None:
    """With what to send."""
    with pytest.raises(InvalidInput) as raised:
        parameters.days(sent, today=TODAY)
    assert error == str(raised.value)


@pytest.mark.parametrize("sent", ["x", "1.5", "1e3", "९", "9" * 13])
def test_a_limit_is_a_number(sent: str) -> None:
    """A whole one."""
    with pytest.raises(InvalidInput, match=r"^limit must be a whole number from 1 to 1000$"):
        parameters.limit({"limit": sent})


def test_a_file_is_no_program() -> None:
    """What visitors wrote into it stays text."""
    rows = [Line('=1+1,"x"', 2, 3), Line("@cmd", 1, 1)]
    written = "".join(lines(*breakdown_table(BreakdownBy.EVENT, rows)))
    assert written == 'event,visitors,pageviews\r\n"\'=1+1,""x""",2,3\r\n\'@cmd,1,1\r\n'
