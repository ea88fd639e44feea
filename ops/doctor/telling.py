"""What is to be said of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.spans import DAY
from ops.doctor.finding import look, ok
from storage import messages, recipients

if TYPE_CHECKING:
    from psycopg import Connection

    from ops.doctor.finding import Finding
    from ops.settings import Settings

#: Of messages that were given up before, nothing is said any more, ms.
_LATELY: Final = 7 * DAY


def of_messages(settings: Settings, connection: Connection, *, now: int) -> Finding:
    """Return whether what people are to be told reaches them, at `now` (ms)."""
    mailboxes = recipients.mailboxes(connection)
    if mailboxes and not settings.smtp_host:
        return look(
            "messages",
            f"no mail server is set, and mailboxes are to be told of sites: {mailboxes}",
            "set FOOTFALL_SMTP_HOST and FOOTFALL_MAIL_FROM, then `footfall messages test ADDRESS`",
        )
    lost = messages.lost(connection, since=now - _LATELY)
    if lost:
        return look(
            "messages",
            f"given up within 7 days: {lost}",
            "`footfall messages list --state failed` says why; once it is mended, `footfall messages retry`",
        )
    return ok("messages", f"{messages.waiting(connection)} wait, none was given up within 7 days")
