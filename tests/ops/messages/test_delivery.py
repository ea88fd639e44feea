"""Messages on their way: from the store to a mail server and to webhooks on loopback, by a clock that is turned."""

from __future__ import annotations

import asyncio
import hmac
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Self

import pytest
from aiohttp import web

from core.jobs import Job, JobKind
from core.messages import Channel, Composed, Message, MessageKind, MessageState
from core.spans import DAY, SECOND
from ops.messages.delivery import LOST, PAUSES, UNWANTED, Delivery
from ops.messages.mail import NO_SERVER, NoMailer
from ops.messages.webhooks import SWITCHED_OFF, NoWebhooks, Webhooks
from storage import accounts, messages, recipients, sites
from storage.key_vault import KeyVault
from storage.pool import open_pool
from tests.clocks import SetClock
from tests.measurements import Measurements
from tests.ops.messages.post_office import PostOffice
from tests.outbound.world import Page, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from psycopg_pool import ConnectionPool

    from core.recipients import Recipient
    from ops.messages.delivery import Sender

NOW: Final = 1_795_000_000_000
VAULT: Final = KeyVault()
DOWN: Final = Composed(
    MessageKind.MONITOR_DOWN, "example.com is down", "It does not answer — ünder load.", {"a": [1, None]}
)


class Counts(Measurements):
    """Telemetry with the outcomes apart."""

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Raise a counter."""
        self.counters[" ".join([name, *labels.values()])] += int(amount)


class Stage:
    """A site in an empty store, and what sends its messages."""

    def __init__(self, pool: ConnectionPool) -> None:
        self.pool = pool
        self.clock = SetClock(NOW)
        self.telemetry = Counts()
        with pool.connection() as connection:
            connection.execute("TRUNCATE recipients, messages, jobs")
            account = accounts.ensure(connection, "Acme")
            site = sites.insert(connection, account_id=account, domain="example.com")
            found = sites.of_account(connection, None)
            assert site is not None or found
            self.site = (site or found[0]).id

    def add(self, channel: Channel, address: str) -> recipients.Added:
        """A new recipient."""
        kinds = (MessageKind.MONITOR_DOWN,)
        with self.pool.connection() as connection:
            added = recipients.insert(connection, VAULT, self.site, channel=channel, address=address, kinds=kinds)
        assert added is not None
        return added

    def notify(self) -> list[int]:
        """Tell everybody, and return the numbers of the messages."""
        with self.pool.connection() as connection:
            messages.notify(connection, self.site, DOWN)
            return [each.id for each in reversed(messages.listed(connection, limit=100))]

    def message(self, id_: int) -> Message:
        """A message as it is now."""
        with self.pool.connection() as connection:
            found = messages.find(connection, id_)
        assert found is not None
        return found

    async def run(self, id_: int, sender: Sender) -> int | None:
        """Run the job of a message once."""
        delivery = Delivery(
            pool=self.pool,
            vault=VAULT,
            senders=dict.fromkeys(Channel, sender),
            clock=self.clock,
            telemetry=self.telemetry,
        )
        return await delivery.run(Job(1, JobKind.DELIVERY, id_, self.clock.now))

    def count(self, channel: Channel, outcome: str) -> int:
        """How often this came of an attempt."""
        return self.telemetry.counters[f"footfall_messages_total {channel} {outcome}"]


@pytest.fixture(scope="module")
def pool(module_database: str) -> Iterator[ConnectionPool]:
    """Connections to one database for all tests of this file."""
    opened = open_pool(module_database, size=4, name="test")
    yield opened
    opened.close()


@pytest.fixture
def stage(pool: ConnectionPool) -> Stage:
    """A site without recipients."""
    return Stage(pool)


class Receiver:
    """A webhook's receiver that keeps what was signed with its secret, as the documentation says to check it."""

    def __init__(self, secret: str = "") -> None:
        self.secret = secret
        self.answers: list[int] = []  #: to the next requests; after them 200
        self.took: list[tuple[Mapping[str, str], dict[str, Any]]] = []

    async def __call__(self, request: web.Request) -> web.Response:
        """Take what is posted."""
        body = await request.read()
        parts = dict(part.split("=", 1) for part in request.headers["X-Footfall-Signature"].split(","))
        expected = hmac.new(self.secret.encode(), f"{parts['t']}.".encode() + body, sha256).hexdigest()
        if not hmac.compare_digest(expected, parts["v1"]) or abs(int(parts["t"]) - NOW // SECOND) > 3 * DAY // SECOND:
            return web.Response(status=401)
        self.took.append((dict(request.headers), json.loads(body)))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


class Hooks:
    """A world with a receiver, and what posts to it."""

    def __init__(self, stage: Stage) -> None:
        self.world = World()
        self.receiver = Receiver()
        self._stage = stage

    async def __aenter__(self) -> Self:
        await self.world.__aenter__()
        self.world.pages["shop.test"]["/hook"] = self.receiver
        self._outbound = self.world.outbound()
        await self._outbound.__aenter__()
        self.sender = Webhooks(outbound=self._outbound, clock=self._stage.clock)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._outbound.__aexit__(None, None, None)
        await self.world.__aexit__(None, None, None)

    def add(self, path: str = "/hook", name: str = "shop.test") -> Recipient:
        """A recipient whose secret the receiver is told."""
        added = self._stage.add(Channel.WEBHOOK, self.world.url(name, path))
        self.receiver.secret = added.secret
        return added.recipient


@pytest.fixture
async def hooks(stage: Stage) -> AsyncIterator[Hooks]:
    """See above."""
    async with Hooks(stage) as opened:
        yield opened


async def test_a_webhook_is_signed(stage: Stage, hooks: Hooks) -> None:
    """With the secret that was shown once; what is posted is the message, for programs."""
    hooks.add()
    (id_,) = stage.notify()
    assert await stage.run(id_, hooks.sender) is None
    ((headers, told),) = hooks.receiver.took
    message = stage.message(id_)
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, NOW, 1)
    assert {
        "id": str(message.uuid),
        "type": "monitor_down",
        "site": {"id": str(message.site), "domain": "example.com"},
        "title": DOWN.title,
        "text": DOWN.text,
        "data": {"a": [1, None]},
    }.items() <= told.items()
    assert set(told) == {"id", "type", "site", "created_at", "title", "text", "data"}
    assert (told["id"], "monitor_down", "application/json") == (
        headers["X-Footfall-Id"],
        headers["X-Footfall-Event"],
        headers["Content-Type"],
    )
    assert stage.count(Channel.WEBHOOK, "sent") == 1


async def test_a_webhook_is_tried_again_and_is_the_same(stage: Stage, hooks: Hooks) -> None:
    """After each failure later; the receiver can tell by its id."""
    hooks.add()
    (id_,) = stage.notify()
    hooks.receiver.answers = [500, 404, 301]
    for attempt in range(3):
        due = await stage.run(id_, hooks.sender)
        assert stage.clock.now + PAUSES[attempt] == due
        assert (MessageState.WAITING, attempt + 1) == (stage.message(id_).state, stage.message(id_).attempts)
        stage.clock.now = due
    assert "301: redirects are not followed" in stage.message(id_).error
    assert await stage.run(id_, hooks.sender) is None
    assert len({json.dumps(told) for _, told in hooks.receiver.took}) == 1
    assert (stage.count(Channel.WEBHOOK, "failed"), stage.count(Channel.WEBHOOK, "sent")) == (3, 1)
    assert stage.message(id_).error == ""


async def test_a_message_is_given_up_after_two_days(stage: Stage, hooks: Hooks) -> None:
    """And stays to be seen, until somebody lets it be tried anew."""
    hooks.world.pages["shop.test"]["/hook"] = Page(status=503)
    hooks.add()
    (id_,) = stage.notify()
    due: int | None = NOW
    while due is not None:
        stage.clock.now = due
        due = await stage.run(id_, hooks.sender)
    assert 1.5 * DAY < stage.clock.now - NOW < 2.5 * DAY
    message = stage.message(id_)
    assert (MessageState.FAILED, len(PAUSES) + 1) == (message.state, message.attempts)
    assert "the receiver answered 503" in message.error
    assert stage.count(Channel.WEBHOOK, "given_up") == 1
    assert await stage.run(id_, hooks.sender) is None
    assert len(PAUSES) + 1 == stage.message(id_).attempts
    hooks.world.pages["shop.test"]["/hook"] = hooks.receiver
    with stage.pool.connection() as connection:
        assert [id_] == messages.retry(connection, [id_], stage.clock.now)
    await stage.run(id_, hooks.sender)
    assert stage.message(id_).state is MessageState.SENT


@pytest.mark.parametrize("answer", [410, "inward"])
async def test_some_webhooks_are_given_up_at_once(stage: Stage, hooks: Hooks, answer: int | str) -> None:
    """Those that say that they have gone, and those at addresses that are not public."""
    hooks.add(name="hidden.test" if answer == "inward" else "shop.test")
    hooks.receiver.answers = [410]
    (id_,) = stage.notify()
    assert await stage.run(id_, hooks.sender) is None
    message = stage.message(id_)
    expected = "not public" if answer == "inward" else "410: it wants no more"
    assert message.state is MessageState.FAILED
    assert expected in message.error


async def test_a_secret_that_is_lost_is_told(stage: Stage, hooks: Hooks) -> None:
    """Nothing goes out without the signature that the receiver waits for."""
    hooks.add()
    (id_,) = stage.notify()
    with stage.pool.connection() as connection:
        connection.execute("UPDATE recipients SET secret_cipher = 'other'")
    assert await stage.run(id_, hooks.sender) is None
    assert stage.message(id_).error == LOST
    assert hooks.receiver.took == []


async def test_mails_are_tried_again_or_not(stage: Stage) -> None:
    """As their server says."""
    for name in ("ada", "bob"):
        stage.add(Channel.EMAIL, f"{name}@example.org")
    ada, bob = stage.notify()
    async with PostOffice() as office:
        office.to_recipient = ["450 4.2.1 Greylisted", "550 5.1.1 No such user"]
        assert NOW + PAUSES[0] == await stage.run(ada, office.mailer())
        assert await stage.run(bob, office.mailer()) is None
        assert await stage.run(ada, office.mailer()) is None
    assert [taken.recipients for taken in office.taken] == [["ada@example.org"]]
    assert [stage.message(each).state for each in (ada, bob)] == [MessageState.SENT, MessageState.FAILED]
    assert "550 5.1.1 No such user" in stage.message(bob).error
    assert [stage.count(Channel.EMAIL, each) for each in ("sent", "failed", "given_up")] == [1, 1, 1]


async def test_what_is_not_wanted_any_more_is_not_sent(stage: Stage) -> None:
    """Though it was written before somebody unsubscribed, or was removed."""
    gone, quiet = (stage.add(Channel.EMAIL, f"{name}@example.org").recipient for name in ("ada", "bob"))
    ids = stage.notify()
    with stage.pool.connection() as connection:
        recipients.remove(connection, stage.site, gone.id)
        connection.execute("UPDATE recipients SET unsubscribed_at = now() WHERE id = %s", [quiet.id])
    async with PostOffice() as office:
        assert [await stage.run(id_, office.mailer()) for id_ in ids] == [None, None]
    assert office.taken == []
    assert [stage.message(id_).error for id_ in ids] == [UNWANTED, UNWANTED]
    assert stage.count(Channel.EMAIL, "unwanted") == 2


@pytest.mark.parametrize(("sender", "said"), [(NoMailer(), NO_SERVER), (NoWebhooks(), SWITCHED_OFF)])
async def test_what_is_switched_off_is_told(stage: Stage, sender: Sender, said: str) -> None:
    """The message is given up; what is to be set is what it was given up for."""
    stage.add(Channel.EMAIL, "ada@example.org")
    (id_,) = stage.notify()
    assert await stage.run(id_, sender) is None
    assert (MessageState.FAILED, said) == (stage.message(id_).state, stage.message(id_).error)


async def test_nothing_is_lost_where_a_process_ends(stage: Stage, hooks: Hooks) -> None:
    """Between a receiver's answer and its note the message may be sent again, with the same id."""
    hooks.add()
    (id_,) = stage.notify()

    class Ending:
        async def send(self, message: Message, secret: bytes) -> str:
            await hooks.sender.send(message, secret)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await stage.run(id_, Ending())
    assert stage.message(id_).state is MessageState.WAITING
    await stage.run(id_, hooks.sender)
    assert [len({told["id"] for _, told in hooks.receiver.took}), len(hooks.receiver.took)] == [1, 2]
    assert await stage.run(id_, hooks.sender) is None
    assert len(hooks.receiver.took) == 2


async def test_a_message_that_is_gone_has_no_job(stage: Stage) -> None:
    """Whatever became of it."""
    assert await stage.run(0, NoMailer()) is None
