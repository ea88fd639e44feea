"""Errors, named by what the caller should do.

FootfallError
├── InvalidInput        tell the sender what to mend; never retry as it is
├── NotFound            there is no such thing, or it is not the caller's
├── Unavailable         nothing was stored; try again after `retry_after` seconds
│   └── Overloaded      the same, because too much is waiting
├── Refused             the store refuses this very event; do not retry
├── Fenced              another worker owns the partition; forget its state and read the position again
└── LogGap              the log and the stored position disagree; stop and tell the operator
"""

from __future__ import annotations


class FootfallError(Exception):
    """Any error that Footfall raises on purpose."""


class InvalidInput(FootfallError):  # noqa: N818 - named by what to do, as the tree above says
    """The input breaks a rule; the message says which and what to send instead."""


class NotFound(FootfallError):  # noqa: N818 - same
    """There is no such thing, or it belongs to somebody else."""


class Unavailable(FootfallError):  # noqa: N818 - same
    """A part is away; nothing was stored. Try again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Overloaded(Unavailable):
    """More is waiting than may be held in memory."""


class Refused(FootfallError):  # noqa: N818 - same
    """The store refuses this very event; it was put among the dead letters."""


class Fenced(FootfallError):  # noqa: N818 - same
    """Somebody else moved the partition's position; nothing of the batch was written."""


class LogGap(FootfallError):  # noqa: N818 - same
    """The first offset read is not the stored position: messages are missing, or the store is older than the log."""
