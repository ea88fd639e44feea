"""Certificates of sites: how long they are valid, and when their owners are told. Pure; times are ms since 1970 UTC."""

from __future__ import annotations

from typing import Final, NamedTuple

from core.spans import DAY

#: Owners are told so many days before the end.
WARNED_BEFORE: Final = (30, 14, 7, 1)
#: What they are told instead: that it has ended, or that browsers refuse it for another reason.
EXPIRED: Final = 0
INVALID: Final = -1
#: From one warning to the next at least: machines that share a name may have different certificates.
_WARNED_EVERY: Final = DAY


class Presented(NamedTuple):
    """The certificate that a site showed last."""

    expires_at: int
    is_valid: bool
    problem: str = ""  #: why it is not valid, for people

    def level(self, now: int) -> int | None:
        """Return what is to be told of it: one of `WARNED_BEFORE`, `EXPIRED`, `INVALID`, or None for nothing."""
        if self.expires_at <= now:
            return EXPIRED
        if not self.is_valid:
            return INVALID
        return min((days for days in WARNED_BEFORE if self.expires_at - now <= days * DAY), default=None)


class Warned(NamedTuple):
    """What the owner was told last: a level, and when. Without a level the certificate has been well since."""

    level: int | None = None
    at: int | None = None


def warning(certificate: Presented, warned: Warned, now: int) -> tuple[int | None, Warned]:
    """Return what is to be told at `now`, None for nothing, and what the owner was told after that."""
    level = certificate.level(now)
    if level is None:
        return None, Warned(None, warned.at)
    is_new = warned.level is None or level < warned.level or warned.level == INVALID != level
    if not is_new or (warned.at is not None and now - warned.at < _WARNED_EVERY):
        return None, warned
    return level, Warned(level, now)


def days_until(end: int, now: int) -> int:
    """Return how many midnights (UTC) lie before the end; 0 if it is over."""
    return max(end // DAY - now // DAY, 0)
