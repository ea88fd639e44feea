"""Recipients in the store, and the messages that are written to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import psycopg
import pytest

from core.errors import InvalidInput
from core.messages import Channel, Composed, MessageKind, MessageState
from core.recipients import MAX_RECIPIENTS, Recipient
from storage import accounts, messages, recipients, sites
from storage.key_vault import KeyVault

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW: Final = 1_795_000_000_000
VAULT: Final = KeyVault()
REPORT: Final = Composed(MessageKind.WEEKLY_REPORT, "Your week", "Quiet.", {"visits": 3})


@pytest.fixture
def connection(postgres_database: str) -> Iterator[psycopg.Connection]:
    """An empty store."""
    with psycopg.connect(postgres_database) as opened:
        yield opened


def make_site(connection: psycopg.Connection, domain: str = "example.com") -> int:
    """A new site of an account named like it."""
    made = sites.insert(connection, account_id=accounts.ensure(connection, domain), domain=domain)
    assert made is not None
    return made.id


def add(
    connection: psycopg.Connection,
    site: int,
    address: str = "ada@example.com",
    channel: Channel = Channel.EMAIL,
    kinds: tuple[MessageKind, ...] = (MessageKind.WEEKLY_REPORT,),
) -> recipients.Added:
    """A new recipient."""
    added = recipients.insert(connection, VAULT, site, channel=channel, address=address, kinds=kinds)
    assert added is not None
    connection.commit()
    return added


def token_of(connection: psycopg.Connection, recipient: Recipient) -> UUID:
    """What is in the link of its mails."""
    row = connection.execute("SELECT token FROM recipients WHERE id = %s", [recipient.id]).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def written(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Kinds and addresses of all messages, in the order in which they were written."""
    return connection.execute("SELECT kind, address FROM messages ORDER BY id").fetchall()


def test_recipients_are_added_changed_and_removed(connection: psycopg.Connection) -> None:
    """By their own site only."""
    site, other = make_site(connection), make_site(connection, "example.org")
    one, two = (add(connection, site, address).recipient for address in ("ada@example.com", "bob@example.com"))
    assert [one, two] == recipients.of_site(connection, site)
    kinds = (MessageKind.MONITOR_DOWN, MessageKind.INSIGHTS)
    assert recipients.update(connection, other, one.id, kinds=kinds) is None
    changed = recipients.update(connection, site, one.id, kinds=kinds)
    assert changed is not None
    assert (kinds, changed) == (changed.kinds, recipients.find(connection, site, one.id))
    assert recipients.remove(connection, other, one.id) is None
    assert changed == recipients.remove(connection, site, one.id)
    assert [two] == recipients.of_site(connection, site)
    assert recipients.find(connection, site, uuid4()) is None


def test_a_webhook_has_a_secret_that_only_the_vault_shows(connection: psycopg.Connection) -> None:
    """It is told once; a mailbox has none."""
    site = make_site(connection)
    assert add(connection, site).secret == ""
    added = add(connection, site, "https://example.com/hook", Channel.WEBHOOK)
    row = connection.execute(
        "SELECT recipients::text, secret_cipher FROM recipients WHERE id = %s", [added.recipient.id]
    ).fetchone()
    assert row is not None
    assert added.secret not in row[0]
    assert added.secret.encode() == VAULT.decrypt(connection, bytes(row[1]))


def test_a_site_has_only_so_many_and_each_once(connection: psycopg.Connection) -> None:
    """And a site that is gone has none."""
    site = make_site(connection)
    add(connection, site)
    with pytest.raises(InvalidInput, match="already"):
        add(connection, site)
    for number in range(1, MAX_RECIPIENTS):
        add(connection, site, f"{number}@example.com")
    with pytest.raises(InvalidInput, match="remove one"):
        add(connection, site, "late@example.com")
    given = {"channel": Channel.EMAIL, "address": "ada@example.com", "kinds": (MessageKind.INSIGHTS,)}
    assert recipients.insert(connection, VAULT, site + 1_000, **given) is None  # type: ignore[arg-type]  # one mapping


def test_unsubscribing_ends_messages_until_it_is_undone(connection: psycopg.Connection) -> None:
    """By the token of a mail's link; what was chosen stays."""
    site = make_site(connection)
    recipient = add(connection, site).recipient
    token = token_of(connection, recipient)
    found = recipients.subscription(connection, token)
    assert found is not None
    assert (recipient, "example.com") == (found.recipient, found.domain)
    assert recipients.unsubscribe(connection, token, NOW)
    assert recipients.unsubscribe(connection, token, NOW + 1)
    (gone,) = recipients.of_site(connection, site)
    assert gone.unsubscribed_at == NOW
    assert messages.notify(connection, site, REPORT) == 0
    assert messages.send_to(connection, site, recipient.id, REPORT) is None
    assert recipients.resubscribe(connection, token)
    assert messages.notify(connection, site, REPORT) == 1
    assert [recipient] == recipients.of_site(connection, site)


def test_unknown_tokens_do_nothing(connection: psycopg.Connection) -> None:
    """Nor do those of deleted sites."""
    recipient = add(connection, make_site(connection)).recipient
    token = token_of(connection, recipient)
    assert recipients.subscription(connection, uuid4()) is None
    assert not recipients.unsubscribe(connection, uuid4(), NOW)
    assert not recipients.resubscribe(connection, uuid4())
    (site,) = sites.of_account(connection, None)
    sites.delete(connection, site.uuid)
    assert recipients.subscription(connection, token) is None


def test_messages_go_to_those_who_chose_them(connection: psycopg.Connection) -> None:
    """Of this site; a single one gets it whatever it chose."""
    site, other = make_site(connection), make_site(connection, "example.org")
    add(connection, site)
    add(connection, other, "eve@example.org")
    quiet = add(connection, site, "quiet@example.com", kinds=(MessageKind.INSIGHTS,)).recipient
    assert messages.notify(connection, site, REPORT) == 1
    assert messages.send_to(connection, site, quiet.id, REPORT) is not None
    assert messages.send_to(connection, other, quiet.id, REPORT) is None
    assert written(connection) == [("weekly_report", "ada@example.com"), ("weekly_report", "quiet@example.com")]


def test_nobody_gets_two_reports_of_a_period(connection: psycopg.Connection) -> None:
    """Whoever came later gets the one."""
    site = make_site(connection)
    add(connection, site)
    assert messages.notify(connection, site, REPORT, period="2026-11-16") == 1
    add(connection, site, "late@example.com")
    assert messages.notify(connection, site, REPORT, period="2026-11-16") == 1
    assert messages.notify(connection, site, REPORT, period="2026-11-16") == 0
    assert messages.notify(connection, site, REPORT, period="2026-11-23") == 2


def test_a_message_goes_from_waiting_to_its_end(connection: psycopg.Connection) -> None:
    """And, once given up, back again if somebody wants it; one that was sent stays so."""
    site = make_site(connection)
    recipient = add(connection, site).recipient
    one, two = (messages.send_to(connection, site, recipient.id, REPORT) for _ in range(2))
    assert one is not None
    assert two is not None
    assert messages.waiting(connection) == 2
    messages.failed(connection, one, "no answer")
    messages.give_up(connection, one, NOW, "no such address")
    messages.sent(connection, two, NOW)
    assert messages.waiting(connection) == 0
    found = {each.id: each for each in messages.listed(connection, limit=10)}
    assert [two, one] == list(found)
    assert (
        found[one].state,
        found[one].attempts,
        found[one].error,
        found[one].given_up_at,
    ) == (MessageState.FAILED, 2, "no such address", NOW)
    assert (found[two].state, found[two].attempts, found[two].sent_at) == (MessageState.SENT, 1, NOW)
    assert [one] == [each.id for each in messages.listed(connection, state=MessageState.FAILED, limit=10)]
    assert [one] == messages.retry(connection, [one, two, 99], NOW)
    again = messages.find(connection, one)
    assert again is not None
    assert (again.state, again.attempts) == (MessageState.WAITING, 0)


def test_ends_are_forgotten_after_a_while(connection: psycopg.Connection) -> None:
    """What waits never is."""
    site = make_site(connection)
    recipient = add(connection, site).recipient
    ids = [messages.send_to(connection, site, recipient.id, REPORT) or 0 for _ in range(5)]
    messages.sent(connection, ids[0], NOW - 1)
    messages.sent(connection, ids[1], NOW)
    messages.give_up(connection, ids[2], NOW - 11, "gone")
    messages.give_up(connection, ids[3], NOW - 10, "gone")
    messages.forget(connection, sent_before=NOW, given_up_before=NOW - 10)
    assert [ids[4], ids[3], ids[1]] == [each.id for each in messages.listed(connection, limit=10)]


def test_messages_know_whether_they_are_wanted(connection: psycopg.Connection) -> None:
    """By a recipient that is there and has not unsubscribed; an alert's own address has no say."""
    site = make_site(connection)
    one, two = (add(connection, site, f"{name}@example.com").recipient for name in ("ada", "bob"))
    ids = [messages.send_to(connection, site, each.id, REPORT) or 0 for each in (one, two)]
    ids.append(messages.post(connection, site, REPORT, (Channel.EMAIL, "eve@example.com")))
    token = token_of(connection, one)
    recipients.unsubscribe(connection, token, NOW)
    recipients.remove(connection, site, two.id)
    found = [messages.find(connection, each) for each in ids]
    assert [(False, token), (False, None), (True, None)] == [(each.wanted, each.token) for each in found if each]
    assert messages.find(connection, 0) is None
