"""What owners are told of their domain. Pure; times are ms since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.certificates import EXPIRED, days_until
from core.messages import Composed, MessageKind
from core.spans import SECOND

if TYPE_CHECKING:
    from core.sites import Site


def expiring(site: Site, expires_at: int, level: int, now: int) -> Composed:
    """The registration ends soon, or has ended; `level` is what `core.certificates.warning` returned."""
    days = days_until(expires_at, now)
    ends = datetime.fromtimestamp(expires_at // SECOND, tz=UTC)
    if level == EXPIRED:
        title, text = "has expired", f"ended on {ends:%Y-%m-%d}. Somebody else may get the domain."
    else:
        when = "today" if days == 0 else f"in {days} {'day' if days == 1 else 'days'}"
        title, text = f"expires {when}", f"ends on {ends:%Y-%m-%d}. If it is renewed by itself, there is nothing to do."
    return Composed(
        MessageKind.DOMAIN_EXPIRING,
        f"The domain {site.domain} {title}",
        f"The registration of {site.domain} {text}",
        {"domain": site.domain, "expires_at": f"{ends:%Y-%m-%dT%H:%M:%SZ}", "days_until_expiry": days},
    )
