"""What messages are sent with, as the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.intervals import Interval
from core.jobs import JobKind
from core.messages import Channel
from ops.messages.delivery import Delivery
from ops.messages.mail import Mailer, NoMailer
from ops.messages.reports import ReportWork
from ops.messages.sender import parse_sender
from ops.messages.webhooks import NoWebhooks, Webhooks

if TYPE_CHECKING:
    from core.jobs import Work
    from ops.outbound.client import Outbound
    from ops.settings import Settings
    from ops.wiring.jobs import JobParts


def mailer(settings: Settings) -> Mailer | NoMailer:
    """Return what mails are handed over with."""
    if not settings.smtp_host:
        return NoMailer()
    return Mailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        security=settings.smtp_security,
        sender=parse_sender(settings.mail_from),
        public_url=settings.public_url.rstrip("/"),
    )


def message_works(parts: JobParts, outbound: Outbound | None) -> dict[JobKind, Work]:
    """Return what is done about messages; `outbound` is open, or None where nothing is to be asked of others."""
    webhooks = NoWebhooks() if outbound is None else Webhooks(outbound=outbound, clock=parts.clock)
    weekly, monthly = (
        ReportWork(
            interval,
            pool=parts.pool,
            reports=parts.reports,
            clock=parts.clock,
            public_url=parts.settings.public_url.rstrip("/"),
        )
        for interval in (Interval.WEEK, Interval.MONTH)
    )
    delivery = Delivery(
        pool=parts.pool,
        vault=parts.vault,
        senders={Channel.EMAIL: mailer(parts.settings), Channel.WEBHOOK: webhooks},
        clock=parts.clock,
        telemetry=parts.telemetry,
    )
    return {JobKind.DELIVERY: delivery, JobKind.WEEKLY_REPORT: weekly, JobKind.MONTHLY_REPORT: monthly}
