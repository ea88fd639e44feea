"""The job that sends one message, and tries again for about two days.

A message may be sent twice: if the process ends after a server took it and before that is noted. Both have the same
`Message-ID`, or `X-Footfall-Id`, and are the same but for a webhook's time and signature.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from core.messages import Channel
from core.spans import HOUR, MINUTE
from ops.messages.failures import NeverSent, NotSent
from storage import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg_pool import ConnectionPool

    from core.clock import Clock
    from core.jobs import Job
    from core.messages import Message
    from core.telemetry import Telemetry
    from storage.key_vault import KeyVault

_log = logging.getLogger(__name__)

#: How long to wait after the first attempt that failed, after the second, and so on, ms; after the last one it is
#: given up.
PAUSES: Final = (
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    12 * HOUR,
    20 * HOUR,
)
_OUTCOMES: Final = ("sent", "failed", "given_up", "unwanted")
UNWANTED: Final = "its recipient has unsubscribed, or was removed"
LOST: Final = (
    "what it is signed with cannot be read: its secret is lost. Give it in FOOTFALL_SECRET_KEY, or add the webhook anew"
)


class Sender(Protocol):
    """What messages of one channel are sent with."""

    async def send(self, message: Message, secret: bytes) -> str:
        """Send a message, signed with the secret where the channel signs, and return what was said to it.

        Raises:
            NotSent: it was not; NeverSent: nor will it be.
        """
        ...


class _Found(NamedTuple):
    message: Message
    secret: bytes | None  #: None: it cannot be read


class Delivery:
    """Sends messages; the subject of its jobs is the number of one."""

    def __init__(
        self,
        *,
        pool: ConnectionPool,
        vault: KeyVault,
        senders: Mapping[Channel, Sender],
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._senders = senders
        self._clock = clock
        self._telemetry = telemetry
        for channel in senders:
            for outcome in _OUTCOMES:
                # The first of a kind would not be seen to be added.
                telemetry.add("footfall_messages_total", 0, channel=channel.value, outcome=outcome)

    async def run(self, job: Job) -> int | None:
        """Try once to send it; return when to try again, None if it was sent or given up."""
        found = await asyncio.to_thread(self._find, job.subject)
        if found is None:
            return None
        message, secret = found
        if not message.wanted:
            await self._give_up(message, UNWANTED, outcome="unwanted")
            return None
        if secret is None:
            await self._give_up(message, LOST)
            return None
        try:
            await self._senders[message.channel].send(message, secret)
        except NeverSent as error:
            await self._give_up(message, str(error))
            return None
        except NotSent as error:
            return await self._failed(message, str(error))
        await asyncio.to_thread(self._sent, message)
        self._count(message, "sent")
        return None

    def _find(self, id_: int) -> _Found | None:
        with self._pool.connection() as connection:
            message = messages.find(connection, id_)
            if message is None or message.sent_at is not None or message.given_up_at is not None:
                return None
            cipher = messages.secret(connection, id_)
            if message.channel is not Channel.WEBHOOK or not cipher:
                return _Found(message, b"")
            return _Found(message, self._vault.decrypt(connection, cipher))

    async def _failed(self, message: Message, error: str) -> int | None:
        if message.attempts >= len(PAUSES):
            await self._give_up(message, error)
            return None
        # Not why: what a mail server says may have an address in it.
        _log.warning("The %s message %d was not sent, and will be tried again", message.channel, message.id)
        await asyncio.to_thread(self._note_failure, message, error)
        self._count(message, "failed")
        return self._clock.now_ms() + PAUSES[message.attempts]

    async def _give_up(self, message: Message, error: str, *, outcome: str = "given_up") -> None:
        _log.warning("The %s message %d was given up: see `footfall messages list`", message.channel, message.id)
        await asyncio.to_thread(self._note_end, message, error)
        self._count(message, outcome)

    def _sent(self, message: Message) -> None:
        with self._pool.connection() as connection:
            messages.sent(connection, message.id, self._clock.now_ms())

    def _note_failure(self, message: Message, error: str) -> None:
        with self._pool.connection() as connection:
            messages.failed(connection, message.id, error)

    def _note_end(self, message: Message, error: str) -> None:
        with self._pool.connection() as connection:
            messages.give_up(connection, message.id, self._clock.now_ms(), error)

    def _count(self, message: Message, outcome: str) -> None:
        self._telemetry.add("footfall_messages_total", channel=message.channel.value, outcome=outcome)
