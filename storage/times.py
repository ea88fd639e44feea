"""Times as the database has them: `timestamptz` there is milliseconds since 1970 UTC here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def instant(ms: int) -> datetime:
    """Return the instant `ms` milliseconds after 1970 UTC, exactly."""
    return _EPOCH + timedelta(milliseconds=ms)


def millis(when: datetime) -> int:
    """Return the whole milliseconds from 1970 UTC to `when`, which must carry a zone."""
    return (when - _EPOCH) // _MILLISECOND


def millis_of(day: date) -> int:
    """Return the milliseconds from 1970 UTC to the beginning of a UTC day."""
    return (day - _EPOCH.date()) // _MILLISECOND
