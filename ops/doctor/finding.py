"""What was found out about one thing."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """How it stands. The order is that of how much it matters."""

    OK = "ok"
    LOOK = "look"  #: works, and somebody should know
    WRONG = "wrong"  #: events, numbers or privacy are in danger now


class Finding(NamedTuple):
    """One thing that was looked at, how it stands, what was seen, and what to do (empty: nothing)."""

    subject: str
    verdict: Verdict
    seen: str
    advice: str = ""


def ok(subject: str, seen: str) -> Finding:
    """Return that all is well."""
    return Finding(subject, Verdict.OK, seen)


def look(subject: str, seen: str, advice: str) -> Finding:
    """Return what somebody should know."""
    return Finding(subject, Verdict.LOOK, seen, advice)


def wrong(subject: str, seen: str, advice: str) -> Finding:
    """Return what has to be mended."""
    return Finding(subject, Verdict.WRONG, seen, advice)
