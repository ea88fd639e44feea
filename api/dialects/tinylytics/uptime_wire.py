"""The shapes of a monitor's parts. Pure; times are given in ms since 1970 UTC."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from api.dialects.instants import to_the_second
from core.certificates import WARNED_BEFORE, days_until
from core.durations import in_words
from core.spans import DAY, SECOND
from core.uptime import INTERVAL

if TYPE_CHECKING:
    from core.certificates import Presented
    from core.sites import Site
    from storage.domains import DomainCheck
    from storage.uptime import Monitor, PastDowntime

#: What ends within this ends soon, ms: from then on owners are told.
_SOON: Final = max(WARNED_BEFORE) * DAY


class Description(StrEnum):
    """How a site is."""

    PENDING = "Pending"  #: nobody has looked yet
    UP = "Up"
    VERIFYING = "Verifying"  #: one check failed; a second one will tell
    DOWN = "Down"
    PAUSED = "Paused"  #: it was down for so long that nobody looks any more


def monitor(site: Site, found: Monitor | None, percentage: float | None, now: int) -> dict[str, Any]:
    """How a site is after its last check; `found` is None before the first one, which is due at once."""
    due_at = now if found is None else found.due_at
    return {
        "id": None if found is None else found.id,
        "url": site.monitored_url.removesuffix("/") if _is_root(site.monitored_url) else site.monitored_url,
        "enabled": True,
        "is_down": found is not None and found.downtime is not None and found.downtime.is_confirmed,
        "uptime": percentage,
        "last_check_at": None if found is None else to_the_second(found.checked_at),
        "next_check_at": _time(due_at),
        "last_status_code": None if found is None else found.status,
        "last_error_message": (found.error or None) if found is not None else None,
        "status_description": _description(found),
        "current_check_interval": _interval(found),
        "period": "30d",
    }


def ssl(shown: Presented | None, now: int) -> dict[str, Any]:
    """The certificate that was shown last."""
    expires_at = None if shown is None else shown.expires_at
    return {
        "expires_at": _time(expires_at),
        "valid": None if shown is None else shown.is_valid and shown.expires_at > now,
        "expiring_soon": _is_soon(expires_at, now),
        "expired": expires_at is not None and expires_at <= now,
        "days_until_expiry": _days(expires_at, now),
    }


def domain(found: DomainCheck | None, now: int) -> dict[str, Any]:
    """For how long a site's domain is registered."""
    expires_at = None if found is None else found.expires_at
    days = _days(expires_at, now)
    return {
        "tested_at": None if found is None else to_the_second(found.tested_at),
        "expires_at": _time(expires_at),
        "remaining_days": days,
        "source": None if found is None else found.source,
        "expired": expires_at is not None and expires_at <= now,
        "expiring_soon": _is_soon(expires_at, now),
        "days_until_expiry": days,
    }


def ages(found: Monitor | None) -> dict[str, Any]:
    """Whether a monitor was given up, since when it is there, and when it changed last."""
    return {
        "auto_paused": found is not None and found.due_at is None,
        "created_at": None if found is None else to_the_second(found.created_at),
        "updated_at": None if found is None else to_the_second(found.checked_at),
    }


def downtime(past: PastDowntime, now: int) -> dict[str, Any]:
    """A downtime; one that goes on has lasted up to now."""
    seconds = max((now if past.ended_at is None else past.ended_at) // SECOND - past.started_at // SECOND, 0)
    return {
        "id": past.id,
        "error": past.error,
        "started_at": to_the_second(past.started_at),
        "ended_at": _time(past.ended_at),
        "duration": seconds,
        "duration_in_words": in_words(seconds),
        "partial": not past.is_confirmed,
        "ongoing": past.ended_at is None,
    }


def _description(found: Monitor | None) -> Description:
    if found is None:
        return Description.PENDING
    if found.due_at is None:
        return Description.PAUSED
    if found.downtime is None:
        return Description.UP
    return Description.DOWN if found.downtime.is_confirmed else Description.VERIFYING


def _interval(found: Monitor | None) -> int | None:
    if found is None:
        return INTERVAL // SECOND
    return None if found.due_at is None else (found.due_at - found.checked_at) // SECOND


def _is_root(url: str) -> bool:
    return url.endswith("/") and url.count("/") == len("//") + 1


def _is_soon(end: int | None, now: int) -> bool:
    return end is not None and 0 < end - now <= _SOON


def _days(end: int | None, now: int) -> int | None:
    return None if end is None else days_until(end, now)


def _time(ms: int | None) -> str | None:
    return None if ms is None else to_the_second(ms)
