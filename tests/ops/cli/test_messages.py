"""`footfall messages`."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import psycopg
import pytest

from core.messages import Channel, Composed, MessageKind
from storage import accounts, messages, sites
from tests.commands import footfall
from tests.ops.messages.post_office import PostOffice

NOW: Final = 1_795_000_000_000


@pytest.fixture
def dsn(postgres_database: str) -> str:
    """A database with a message that waits, one that was sent and one that failed."""
    with psycopg.connect(postgres_database) as connection:
        site = sites.insert(connection, account_id=accounts.ensure(connection, "Acme"), domain="example.com")
        assert site is not None
        for name in ("waiting", "sent", "failed"):
            composed = Composed(MessageKind.ALERT, name, "", {})
            messages.post(connection, site.id, composed, (Channel.EMAIL, f"{name}@example.org"))
        messages.failed(connection, 1, "later")
        messages.sent(connection, 2, NOW)
        messages.give_up(connection, 3, NOW, "no such user")
    return postgres_database


def listed(dsn: str, *arguments: str) -> list[dict[str, Any]]:
    """What the list shows."""
    ended = footfall("messages", "list", "--json", *arguments, DATABASE_URL=dsn)
    assert (ended.returncode, ended.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    return found


def test_messages_are_listed_and_tried_again(dsn: str) -> None:
    """By state; one that was sent stays so."""
    assert [each["state"] for each in listed(dsn)] == ["failed", "sent", "waiting"]
    (failed,) = listed(dsn, "--state", "failed")
    assert failed == failed | {
        "id": 3,
        "site": "example.com",
        "kind": "alert",
        "channel": "email",
        "address": "failed@example.org",
        "attempts": 1,
        "ended": "2026-11-18T11:06:40+00:00",
        "error": "no such user",
        "title": "failed",
    }
    ended = footfall("messages", "retry", "2", "3", DATABASE_URL=dsn)
    assert (ended.returncode, ended.stdout) == (4, "1 will be sent again\n")
    assert [each["id"] for each in listed(dsn, "--state", "waiting")] == [3, 1]
    ended = footfall("messages", "retry", "2", DATABASE_URL=dsn)
    assert (ended.returncode, "none of these messages waits or failed" in ended.stderr) == (1, True)


async def test_a_mail_is_tried() -> None:
    """By the settings; what the server says is told, good or bad."""
    async with PostOffice(open_=True) as office:
        office.to_recipient = ["550 5.1.1 No such user"]
        given = {
            "FOOTFALL_SMTP_HOST": "127.0.0.1",
            "FOOTFALL_SMTP_PORT": str(office.port),
            "FOOTFALL_SMTP_SECURITY": "none",
            "FOOTFALL_MAIL_FROM": "Footfall <footfall@footfall.test>",
        }
        refused = await asyncio.to_thread(footfall, "messages", "test", "ada@example.org", **given)
        assert (refused.returncode, "550 5.1.1 No such user" in refused.stderr) == (1, True)
        took = await asyncio.to_thread(footfall, "messages", "test", "ada@example.org", **given)
        assert (took.returncode, took.stdout) == (0, "the mail server took it: OK queued as 4711\n")
    (taken,) = office.taken
    assert (taken.recipients, taken.mail["Subject"]) == (["ada@example.org"], "Footfall: a test")


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [("ada", 2, "such as name@example.com"), ("ada@example.org", 1, "FOOTFALL_SMTP_HOST")],
)
def test_what_is_missing_is_told(address: str, status: int, said: str) -> None:
    """An address that is none, and a server that is not set."""
    ended = footfall("messages", "test", address)
    assert (status, True) == (ended.returncode, said in ended.stderr)
