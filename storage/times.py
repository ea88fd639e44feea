"""Times as the database has them: `timestamptz` there is milliseconds since 1970 UTC here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def instant(ms: int) -> datetime:
    """Return the instant `ms` milliseconds after 1970 UTC, exactly."""
    return _EPOCH + timedelta(milliseconds=ms)


def instants(times: Iterable[int]) -> str:
    """Return instants, ms since 1970 UTC, as the text of an array: psycopg would quote each of hundreds."""
    return f"{{{','.join(map(_text, times))}}}"


@lru_cache(4_096)
def _text(ms: int) -> str:
    return instant(ms).isoformat()


def millis(when: datetime) -> int:
    """Return the whole milliseconds from 1970 UTC to `when`, which must carry a zone."""
    return (when - _EPOCH) // _MILLISECOND


def millis_of(day: date) -> int:
    """Return the milliseconds from 1970 UTC to the beginning of a UTC day."""
    return (day - _EPOCH.date()) // _MILLISECOND
