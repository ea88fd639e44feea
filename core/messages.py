"""Messages to people and their programs: what they are about, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


class Channel(StrEnum):
    """How a message goes out."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class MessageKind(StrEnum):
    """What a message tells. Recipients choose by it; webhooks are told it as `type`."""

    MONITOR_DOWN = "monitor_down"
    MONITOR_UP = "monitor_up"
    MONITOR_PAUSED = "monitor_paused"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    DOMAIN_EXPIRING = "domain_expiring"
    CONTENT_ISSUES = "content_issues"
    INSIGHTS = "insights"
    WEEKLY_REPORT = "weekly_report"
    MONTHLY_REPORT = "monthly_report"
    ALERT = "alert"  #: goes to the addresses of the alert itself, as does the next
    ALERT_CLEARED = "alert_cleared"
    TEST = "test"  #: goes to whom it is sent


class MessageState(StrEnum):
    """What has become of a message."""

    WAITING = "waiting"  #: it is sent soon, or again
    SENT = "sent"
    FAILED = "failed"  #: it was given up


class Composed(NamedTuple):
    """A message that is about to be sent."""

    kind: MessageKind
    title: str  #: one line: the subject of a mail
    text: str  #: plain text, lines of any length, without greeting and without the lines about unsubscribing
    data: Mapping[str, Any]  #: the same for programs, as JSON has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that was decided. Times are ms since 1970 UTC."""

    id: int
    uuid: UUID  #: by which who gets it twice can tell
    site: UUID
    domain: str
    kind: MessageKind
    channel: Channel
    address: str
    token: UUID | None  #: in the link by which its recipient unsubscribes; None: it has none
    wanted: bool  #: whether its recipient, if it was written to one, is still there and has not unsubscribed
    title: str
    text: str
    data: Mapping[str, Any]
    created_at: int
    attempts: int  #: to send it, so far
    sent_at: int | None
    given_up_at: int | None
    error: str  #: of the last attempt

    @property
    def state(self) -> MessageState:
        """What has become of it."""
        return state_of(sent_at=self.sent_at, given_up_at=self.given_up_at)


def state_of(*, sent_at: int | None, given_up_at: int | None) -> MessageState:
    """Return what has become of a message that was sent, or given up, at these times (ms), or is neither yet."""
    if sent_at is not None:
        return MessageState.SENT
    return MessageState.WAITING if given_up_at is None else MessageState.FAILED


def trial(domain: str) -> Composed:
    """Return the message by which somebody tries whether messages about a site arrive."""
    return Composed(
        kind=MessageKind.TEST,
        title=f"{domain}: a test",
        text=f"This is how you will be told when something happens at {domain}.",
        data={"domain": domain},
    )
