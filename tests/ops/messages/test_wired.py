"""Messages from the store to their receivers, by the jobs of an installation as they are wired."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

import psycopg
from aiohttp import web

from core.messages import Channel, Message, MessageKind, MessageState, trial
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from ops.messages.webhooks import SIGNATURE, sign
from ops.settings import Settings
from ops.wiring.jobs import jobs
from storage import accounts, messages, recipients, sites
from storage.key_vault import KeyVault
from tests.ops.messages.post_office import PostOffice
from tests.outbound.world import World

if TYPE_CHECKING:
    from tests.outbound.world import Asked

PATIENCE: Final = 60


def write(dsn: str, hook: str) -> str:
    """A message to a mailbox and to a webhook; return the webhook's secret."""
    with psycopg.connect(dsn) as connection:
        site = sites.insert(connection, account_id=accounts.ensure(connection, "Acme"), domain="example.com")
        assert site is not None
        secret = ""
        for channel, address in ((Channel.EMAIL, "ada@example.org"), (Channel.WEBHOOK, hook)):
            added = recipients.insert(
                connection, KeyVault(), site.id, channel=channel, address=address, kinds=[MessageKind.INSIGHTS]
            )
            assert added is not None
            messages.send_to(connection, site.id, added.recipient.id, trial(site.domain))
            secret = added.secret
    return secret


def written(dsn: str) -> list[Message]:
    """All messages."""
    with psycopg.connect(dsn) as connection:
        return messages.listed(connection, limit=10)


async def sent(dsn: str) -> list[Message]:
    """All messages, once none waits."""
    async with asyncio.timeout(PATIENCE):
        while MessageState.WAITING in {each.state for each in await asyncio.to_thread(written, dsn)}:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.1)
    return written(dsn)


async def test_messages_are_planned_and_sent(postgres_database: str) -> None:
    """Within moments, by what the settings say; nothing of them is left to do."""
    async with PostOffice(open_=True) as office, World() as world:

        async def took(_: web.Request) -> web.Response:
            return web.Response()

        world.pages["127.0.0.1"]["/hook"] = took
        secret = write(postgres_database, f"http://127.0.0.1:{world.port}/hook")
        settings = Settings.model_validate(
            {
                "smtp_host": "127.0.0.1",
                "smtp_port": office.port,
                "smtp_security": "none",
                "mail_from": "footfall@footfall.test",
                "public_url": "https://footfall.test/",
                "outbound_hosts": "127.0.0.1",
            }
        )
        with jobs(
            settings,
            dsn=postgres_database,
            archive=None,
            vault=KeyVault(),
            clock=SystemClock(),
            telemetry=NoTelemetry(),
        ):
            found = await sent(postgres_database)
    assert [each.state for each in found] == [MessageState.SENT] * 2, [each.error for each in found]
    (taken,) = office.taken
    assert taken.mail["Subject"] == "example.com: a test"
    assert taken.mail["List-Unsubscribe"].startswith("<https://footfall.test/unsubscribe/")
    (asked,) = world.asked
    assert_signed(asked, secret)


def assert_signed(asked: Asked, secret: str) -> None:
    """What came is signed with the secret that was shown."""
    at = int(asked.headers[SIGNATURE].partition(",")[0].removeprefix("t="))
    assert sign(asked.body, secret.encode(), at) == asked.headers[SIGNATURE]
    assert asked.headers["User-Agent"].startswith("Footfall/")
    assert json.loads(asked.body)["type"] == "test"


async def test_what_is_not_set_is_told(postgres_database: str) -> None:
    """Nothing waits for a mail server that there is not, nor for requests that are switched off."""
    write(postgres_database, "https://example.com/hook")
    settings = Settings.model_validate({"outbound": "off"})
    with jobs(
        settings, dsn=postgres_database, archive=None, vault=KeyVault(), clock=SystemClock(), telemetry=NoTelemetry()
    ):
        found = await sent(postgres_database)
    assert [each.state for each in found] == [MessageState.FAILED] * 2
    assert [each.error.rpartition(" ")[2] for each in found] == ["FOOTFALL_OUTBOUND", "FOOTFALL_SMTP_HOST"]
