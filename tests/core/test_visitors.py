"""Visitors are keyed hashes of one day."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from core.errors import Unavailable
from core.spans import DAY, HOUR, LINK_UNTIL
from core.visitors import BUCKETS, DaySalt, Identity, Visitors

TODAY = 20_000 * DAY
SALTS = {TODAY: DaySalt(b"t" * 32), TODAY - DAY: DaySalt(b"y" * 32)}


def visitors(salts: dict[int, DaySalt] | None = None) -> Visitors:
    """Visitors with these salts."""
    return Visitors(bucket_key=b"b" * 32, salt_of=(SALTS if salts is None else salts).get)


def test_the_hash_is_hmac_sha256_of_site_ip_and_agent() -> None:
    """The first 64 bits, signed, computed here by the standard library in one go."""
    digest = hmac.new(b"t" * 32, b"7\x00192.0.2.1\x00agent", hashlib.sha256).digest()
    found = visitors().identify(TODAY + HOUR, 7, "192.0.2.1", "agent")
    assert found.visitor == int.from_bytes(digest[:8], "big", signed=True)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ((7, "192.0.2.1", "agent"), True),
        ((8, "192.0.2.1", "agent"), False),
        ((7, "192.0.2.2", "agent"), False),
        ((7, "192.0.2.1", "other"), False),
    ],
)
def test_who_is_who(other: tuple[int, str, str], same: bool) -> None:  # noqa: FBT001 - a column of the table
    """Two events are of one visitor if site, address and user agent are equal, and share a bucket then."""
    one = visitors().identify(TODAY + HOUR, 7, "192.0.2.1", "agent")
    two = visitors().identify(TODAY + 2 * HOUR, *other)
    assert (one.visitor == two.visitor) is same
    assert (one.bucket == two.bucket) is same


def test_the_link_over_midnight() -> None:
    """In the first half hour the hash of the day before goes along; it is the one of then, and the bucket stays."""
    who = (7, "192.0.2.1", "agent")
    before = visitors().identify(TODAY - 1, *who)
    first = visitors().identify(TODAY, *who)
    last = visitors().identify(TODAY + LINK_UNTIL - 1, *who)
    after = visitors().identify(TODAY + LINK_UNTIL, *who)
    assert first == last == Identity(first.visitor, before.visitor, before.bucket)
    assert after == first._replace(prev=0)
    assert first.visitor != before.visitor


def test_without_yesterdays_salt_there_is_no_link() -> None:
    """The visit is cut at midnight then."""
    assert visitors({TODAY: SALTS[TODAY]}).identify(TODAY, 7, "192.0.2.1", "agent").prev == 0


def test_without_todays_salt_nobody_is_identified() -> None:
    """No salt, no event."""
    with pytest.raises(Unavailable):
        visitors({}).identify(TODAY, 7, "192.0.2.1", "agent")


def test_nobody_is_a_null_visitor() -> None:
    """Neither address nor user agent: no visitor, but a bucket all the same."""
    found = visitors().identify(TODAY + 5, 7, "", "")
    assert (found.visitor, found.prev) == (0, 0)
    assert 0 <= found.bucket < BUCKETS


def test_buckets_spread() -> None:
    """A thousand visitors land in many buckets, all in range."""
    buckets = {visitors().identify(TODAY, 7, f"192.0.2.{n}", "agent").bucket for n in range(1_000)}
    assert len(buckets) > 800
    assert all(0 <= bucket < BUCKETS for bucket in buckets)
