"""Dates in the answers of whois servers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from ops.monitors.domain.expiry_lines import date_in, expiry_in

#: How registries write when a domain ends, each of them one that is.
LINES: Final = {
    "   Registry Expiry Date: 2027-06-01T04:00:00Z": "2027-06-01T04:00:00+00:00",
    "Registrar Registration Expiration Date: 2027-06-01T04:00:00.0Z": "2027-06-01T04:00:00+00:00",
    "        Expiry date:  14-Feb-2027": "2027-02-14T00:00:00+00:00",
    "Expiry Date: 2027-02-14T10:11:12Z": "2027-02-14T10:11:12+00:00",
    "expires:      20270601": "2027-06-01T00:00:00+00:00",
    "expires:          2027-02-14": "2027-02-14T00:00:00+00:00",
    "expires............: 14.2.2027 10:00:00": "2027-02-14T10:00:00+00:00",
    "expires:          2027-02-14 12:00:00+02": "2027-02-14T10:00:00+00:00",
    "expire:       14.02.2027": "2027-02-14T00:00:00+00:00",
    "Expire Date:        2027-02-14": "2027-02-14T00:00:00+00:00",
    "paid-till:     2027-02-14T21:00:00Z": "2027-02-14T21:00:00+00:00",
    "renewal date:          2027.02.14 14:00:00": "2027-02-14T14:00:00+00:00",
    "[Expires on]                    2027/02/28": "2027-02-28T00:00:00+00:00",
    "Expiration Date             : 2027. 02. 14.": "2027-02-14T00:00:00+00:00",
    "Expires on..............: 2027-Feb-14.": "2027-02-14T00:00:00+00:00",
    "Expiration Time: 2027-02-14 08:00:00": "2027-02-14T08:00:00+00:00",
    "Record expires on 14-Feb-2027 10:00:00 -0500": "2027-02-14T15:00:00+00:00",
    "Valid Until:                  2027-02-14": "2027-02-14T00:00:00+00:00",
    "Expiration Date: 14 February 2027": "2027-02-14T00:00:00+00:00",
}


@pytest.mark.parametrize(("line", "expected"), LINES.items(), ids=range(len(LINES)))
def test_registries_write_dates_in_many_ways(line: str, expected: str) -> None:
    """Between lines that say other things."""
    found = expiry_in(f"% terms\r\nDomain: shop.xx\r\n{line}\r\nCreation Date: 1999-01-01\r\n")
    assert found is not None
    assert datetime.fromtimestamp(found / 1_000, UTC).isoformat() == expected


def test_the_registry_is_believed_before_the_registrar() -> None:
    """Whichever comes first."""
    text = "Registrar Registration Expiration Date: 2028-01-01\nRegistry Expiry Date: 2027-01-01\nexpires: 2029-01-01"
    assert expiry_in(text) == date_in("2027-01-01")


@pytest.mark.parametrize(
    "text",
    [
        *("", "No match for shop.xx", "Expiry Date:", "Expiry Date: never", "expires: 01/02/2027", "expires: 99999999"),
        *("expires: 2027-13-01", "Last expired on: 2027-01-01", "Updated Date: 2027-01-01", "Expiry Date: 31-Feb-2027"),
        *("x" * 200_000, "expires" + " " * 200_000, "expires " * 50_000),
    ],
    ids=range(13),
)
def test_what_is_no_date_is_none(text: str) -> None:
    """Not one that could be two, either; and long lines take no long time."""
    assert expiry_in(text) is None
