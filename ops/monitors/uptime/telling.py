"""What owners are told of their sites' uptime and certificates. Pure; times are ms since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.certificates import EXPIRED, INVALID
from core.durations import in_words
from core.messages import Composed, MessageKind
from core.spans import DAY, SECOND
from core.uptime import CONFIRMED_AFTER, GIVEN_UP_AFTER

if TYPE_CHECKING:
    from core.certificates import Presented
    from core.sites import Site


def down(site: Site, error: str, started_at: int) -> Composed:
    """A downtime was confirmed."""
    return Composed(
        MessageKind.MONITOR_DOWN,
        f"{site.domain} is down: {error}",
        f"{site.monitored_url} has been down since {_time(started_at)}: {error}."
        f"\n\nA second check {CONFIRMED_AFTER // SECOND} seconds later found it down too.",
        {"url": site.monitored_url, "error": error, "started_at": _iso(started_at)},
    )


def up(site: Site, started_at: int, ended_at: int) -> Composed:
    """A confirmed downtime has ended."""
    seconds = (ended_at - started_at) // SECOND
    return Composed(
        MessageKind.MONITOR_UP,
        f"{site.domain} is up again, after {in_words(seconds)}",
        f"{site.monitored_url} is up. It was down for {in_words(seconds)}: from {_time(started_at)} to"
        f" {_time(ended_at)}.",
        {
            "url": site.monitored_url,
            "started_at": _iso(started_at),
            "ended_at": _iso(ended_at),
            "duration": seconds,
        },
    )


def paused(site: Site, error: str, started_at: int) -> Composed:
    """The site was down for so long that it is not checked any more."""
    return Composed(
        MessageKind.MONITOR_PAUSED,
        f"{site.domain} is not checked any more",
        f"{site.monitored_url} has been down for {in_words(GIVEN_UP_AFTER // SECOND)}, since {_time(started_at)}:"
        f" {error}.\n\nIt is not checked any more. To have it checked again switch its setting `uptime` off and on, or"
        " change its address.",
        {"url": site.monitored_url, "error": error, "started_at": _iso(started_at)},
    )


def certificate(site: Site, shown: Presented, level: int, now: int) -> Composed:
    """A certificate ends soon, has ended, or is refused; `level` is what `core.certificates.warning` returned."""
    days = max(-(-(shown.expires_at - now) // DAY), 0)
    if level == EXPIRED:
        title, text = "has expired", f"expired on {_time(shown.expires_at)}. Browsers refuse it."
    elif level == INVALID:
        title, text = "is not valid", f"is not valid: {shown.problem}. Browsers refuse it."
    else:
        title = f"expires in {days} {'day' if days == 1 else 'days'}"
        text = f"expires on {_time(shown.expires_at)}. Has its renewal failed?"
    return Composed(
        MessageKind.CERTIFICATE_EXPIRING,
        f"The certificate of {site.domain} {title}",
        f"The certificate of {site.monitored_url} {text}",
        {
            "url": site.monitored_url,
            "expires_at": _iso(shown.expires_at),
            "valid": shown.is_valid,
            "problem": shown.problem or None,
            "days_until_expiry": days,
        },
    )


def _time(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms // SECOND, tz=UTC):%Y-%m-%d %H:%M} UTC"


def _iso(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms // SECOND, tz=UTC):%Y-%m-%dT%H:%M:%SZ}"
