"""What is said of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from core.messages import Channel, MessageKind, trial
from core.spans import DAY
from ops.doctor.finding import Verdict
from ops.doctor.telling import of_messages
from ops.settings import Settings
from storage import accounts, messages, recipients, sites
from storage.key_vault import KeyVault

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW: Final = 1_795_000_000_000
SERVER: Final = {"smtp_host": "mail.example.com", "mail_from": "footfall@example.com"}


@pytest.fixture
def connection(postgres_database: str) -> Iterator[psycopg.Connection]:
    """An empty store."""
    with psycopg.connect(postgres_database) as opened:
        yield opened


@pytest.mark.parametrize(
    ("channel", "settings", "given_up_at", "unsubscribed", "expected"),
    [
        (None, {}, None, False, ""),
        (Channel.EMAIL, {}, None, False, "no mail server is set, and mailboxes are to be told of sites: 1"),
        (Channel.EMAIL, {}, None, True, ""),
        (Channel.WEBHOOK, {}, None, False, ""),
        (Channel.EMAIL, SERVER, None, False, ""),
        (Channel.EMAIL, SERVER, NOW - 6 * DAY, False, "given up within 7 days: 1"),
        (Channel.EMAIL, SERVER, NOW - 6 * DAY, True, ""),
        (Channel.EMAIL, SERVER, NOW - 8 * DAY, False, ""),
    ],
)
def test_messages_are_judged(  # noqa: PLR0917 - the columns of the table
    connection: psycopg.Connection,
    channel: Channel | None,
    settings: dict[str, Any],
    given_up_at: int | None,
    unsubscribed: bool,  # noqa: FBT001 - a case
    expected: str,
) -> None:
    """By whether they can be sent, and were; what nobody wants any more is not lost."""
    site = sites.insert(connection, account_id=accounts.ensure(connection, "Acme"), domain="example.com")
    assert site is not None
    if channel is not None:
        added = recipients.insert(
            connection, KeyVault(), site.id, channel=channel, address="somewhere", kinds=[MessageKind.INSIGHTS]
        )
        assert added is not None
        written = messages.send_to(connection, site.id, added.recipient.id, trial(site.domain))
        assert written is not None
        if given_up_at is not None:
            messages.give_up(connection, written, given_up_at, "no such user")
    if unsubscribed:
        connection.execute("UPDATE recipients SET unsubscribed_at = now()")
    found = of_messages(Settings.model_validate(settings), connection, now=NOW)
    assert (Verdict.LOOK, expected) == (found.verdict, found.seen) if expected else found.verdict is Verdict.OK
