"""The section of messages: who is told of a site, of what, and what was sent lately."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from fastapi.concurrency import run_in_threadpool

from api.dashboard.settings.forms import Checks, Wrong, item_id
from api.dashboard.settings.sections import Fresh, Saved
from core.errors import InvalidInput, NotFound
from core.messages import Channel, MessageKind, MessageState, trial
from core.recipients import CHOICES, check_address, check_channel, check_kinds
from storage import messages, recipients

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking
    from core.messages import Message
    from core.recipients import Recipient
    from core.sites import Site
    from storage.key_vault import KeyVault
    from storage.recipients import Added

#: Buttons: of a recipient, and of a message that was not sent.
REMOVE: Final = "remove"
TEST: Final = "test"
RETRY: Final = "retry"
#: Messages that are shown.
_LATELY: Final = 20
_GONE: Final = "This recipient is not there any more."
KINDS: Final[Mapping[MessageKind, str]] = MappingProxyType(
    {
        MessageKind.MONITOR_DOWN: "The site is down",
        MessageKind.MONITOR_UP: "It is up again",
        MessageKind.MONITOR_PAUSED: "It was down for so long that nobody checks it any more",
        MessageKind.CERTIFICATE_EXPIRING: "Its certificate ends soon, or is refused",
        MessageKind.DOMAIN_EXPIRING: "Its domain ends soon",
        MessageKind.CONTENT_ISSUES: "New broken links and mixed content",
        MessageKind.INSIGHTS: "Insights, when there is something new",
        MessageKind.WEEKLY_REPORT: "A report every week",
        MessageKind.MONTHLY_REPORT: "A report every month",
    }
)
CHANNELS: Final[Mapping[Channel, str]] = MappingProxyType({Channel.EMAIL: "Mail", Channel.WEBHOOK: "Webhook"})


class MessagesEditor:
    """Adds, changes, tries and removes recipients, and sends once more what was not sent. See `Editor`."""

    def __init__(self, pool: ConnectionPool, *, vault: KeyVault) -> None:
        self._pool = pool
        self._vault = vault

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        known, sent = await run_in_threadpool(self._read, asking.site)
        return {
            "recipients": known,
            "messages": sent,
            "failed": MessageState.FAILED,
            "kinds": [(kind.value, KINDS[kind]) for kind in CHOICES],
            "words": KINDS,
            "channels": CHANNELS,
            "filled": _filled(asking, known, typed),
        }

    async def save(self, asking: Asking, posted: Posted) -> Saved | Fresh:
        """See `Editor`."""
        verb, _, id_ = posted.get("action", "").partition(":")
        match verb:
            case "remove":
                await run_in_threadpool(self._remove, asking.site, item_id(id_))
                return Saved("removed")
            case "test":
                await run_in_threadpool(self._test, asking.site, item_id(id_))
                return Saved("tested")
            case "retry":
                await run_in_threadpool(self._retry, asking, id_)
                return Saved("retried")
        return await self._write(asking.site, posted)

    async def _write(self, site: Site, posted: Posted) -> Saved | Fresh:
        """Add a recipient, or change of what one is told."""
        which, checks = posted.get("id", ""), Checks()
        kinds = checks.field("kinds", "What", lambda: _kinds(posted.all("kinds")))
        if which:
            checks.done()
            await run_in_threadpool(self._change, site, item_id(which), kinds)
            return Saved()
        channel = checks.field("channel", "How", lambda: check_channel(posted.get("channel", "")))
        address: str | None = None
        if channel is not None:
            address = checks.field("address", "Address", lambda: check_address(channel, posted.get("address", "")))
        checks.done()
        added = await run_in_threadpool(self._add, site, channel, address or "", kinds)
        if added.secret:
            return Fresh({"made": added.secret, "made_name": added.recipient.address})
        return Saved("recipient")

    def _read(self, site: Site) -> tuple[list[Recipient], list[Message]]:
        with self._pool.connection() as connection:
            return recipients.of_site(connection, site.id), messages.of_site(connection, site.id, limit=_LATELY)

    def _add(self, site: Site, channel: Channel, address: str, kinds: Sequence[MessageKind]) -> Added:
        try:
            with self._pool.connection() as connection:
                added = recipients.insert(
                    connection, self._vault, site.id, channel=channel, address=address, kinds=kinds
                )
        except InvalidInput as error:
            said = str(error)
            said = said if said.startswith(address) else said[:1].upper() + said[1:]
            raise Wrong({"address": f"{said}."}) from None
        if added is None:
            raise NotFound("This site is not there any more.")
        return added

    def _change(self, site: Site, id_: UUID, kinds: Sequence[MessageKind]) -> None:
        with self._pool.connection() as connection:
            if recipients.update(connection, site.id, id_, kinds=kinds) is None:
                raise NotFound(_GONE)

    def _remove(self, site: Site, id_: UUID) -> None:
        with self._pool.connection() as connection:
            if recipients.remove(connection, site.id, id_) is None:
                raise NotFound(_GONE)

    def _test(self, site: Site, id_: UUID) -> None:
        with self._pool.connection() as connection:
            if messages.send_to(connection, site.id, id_, trial(site.domain)) is None:
                raise NotFound(_GONE)

    def _retry(self, asking: Asking, text: str) -> None:
        with self._pool.connection() as connection:
            own = [
                message.id
                for message in messages.of_site(connection, asking.site.id, limit=_LATELY)
                if str(message.id) == text and message.state is MessageState.FAILED
            ]
            if not messages.retry(connection, own, asking.now):
                raise NotFound("This message was sent, or it is about to be.")


def _kinds(given: Sequence[str]) -> tuple[MessageKind, ...]:
    """What was ticked.

    Raises:
        InvalidInput: nothing was.
    """
    if not given:
        raise InvalidInput("choose at least one thing to be told of")
    return check_kinds(given)


def _filled(asking: Asking, known: Sequence[Recipient], typed: Posted | None) -> dict[str, Any]:
    """A form as it was typed, that of the recipient whose id is in the address, or an empty one."""
    edited = (typed or asking.request.query_params).get("id", "")
    for each in known:
        if str(each.id) == edited:
            kinds = each.kinds if typed is None else typed.all("kinds")
            return {"id": edited, "channel": each.channel, "address": each.address, "kinds": kinds}
    if typed is not None:
        return {name: typed.get(name, "") for name in ("id", "channel", "address")} | {"kinds": typed.all("kinds")}
    return {"id": "", "channel": Channel.EMAIL, "address": "", "kinds": [MessageKind.MONITOR_DOWN, *CHOICES[1:6]]}
