"""`/api/v1/websites/:id/recipients`: who is told of a website, where and of what. An extension of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.auth import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.instants import to_the_millisecond
from api.dialects.tinytrail.access import ABSENT, ID, site_finder
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from api.json_body import json_body
from core.errors import InvalidInput, NotFound
from core.messages import trial
from core.recipients import check_address, check_channel, check_kinds
from storage import messages, recipients

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from core.recipients import Recipient
    from storage.key_vault import KeyVault

_NONE = "there is no such recipient of this website"


class NewRecipientBody(BaseModel):
    """What is sent of a new one."""

    model_config = ConfigDict(strict=True)

    channel: str = ""
    address: str = ""
    kinds: list[str] = []


class RecipientBody(BaseModel):
    """What is sent of one that is there."""

    model_config = ConfigDict(strict=True)

    kinds: list[str] = []


_NewBody = Annotated[NewRecipientBody, Depends(json_body(NewRecipientBody))]
_Body = Annotated[RecipientBody, Depends(json_body(RecipientBody))]


def router(pool: ConnectionPool, vault: KeyVault) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/v1/websites/{website_id}/recipients")
    find_site = site_finder(pool)

    @routes.get("")
    def list_recipients(user: User, website_id: str) -> dict[str, Any]:
        """List them, the oldest first."""
        site = find_site(user, identifier(website_id, ID))
        with pool.connection() as connection:
            return success([_shown(each) for each in recipients.of_site(connection, site.id)])

    @routes.post("", status_code=201)
    def create_recipient(user: User, website_id: str, body: _NewBody) -> dict[str, Any]:
        """Add one; the secret of a webhook is shown now and never again."""
        site = find_site(user, identifier(website_id, ID))
        channel = check_channel(body.channel)
        address, kinds = check_address(channel, body.address), check_kinds(body.kinds)
        with pool.connection() as connection:
            added = recipients.insert(connection, vault, site.id, channel=channel, address=address, kinds=kinds)
        if added is None:
            raise NotFound(ABSENT)
        return success(_shown(added.recipient) | {"secret": added.secret or None})

    @routes.patch("/{recipient_id}")
    def change_recipient(
        user: User,
        website_id: str,
        recipient_id: str,
        body: _Body,
    ) -> dict[str, Any]:
        """Change what it is told of."""
        site, id_ = find_site(user, identifier(website_id, ID)), _id(recipient_id)
        kinds = check_kinds(body.kinds)
        with pool.connection() as connection:
            return _answer(recipients.update(connection, site.id, id_, kinds=kinds))

    @routes.delete("/{recipient_id}")
    def delete_recipient(user: User, website_id: str, recipient_id: str) -> dict[str, Any]:
        """Remove one."""
        site, id_ = find_site(user, identifier(website_id, ID)), _id(recipient_id)
        with pool.connection() as connection:
            return _answer(recipients.remove(connection, site.id, id_))

    @routes.post("/{recipient_id}/test", status_code=202)
    def try_recipient(user: User, website_id: str, recipient_id: str) -> dict[str, Any]:
        """Write a message to it, to see whether such arrive."""
        site, id_ = find_site(user, identifier(website_id, ID)), _id(recipient_id)
        with pool.connection() as connection:
            found = recipients.find(connection, site.id, id_)
            written = found and messages.send_to(connection, site.id, id_, trial(site.domain))
        if found is not None and written is None:
            raise InvalidInput("this recipient has unsubscribed: only the link in its mails lets it have them again")
        return _answer(found)

    return routes


def _id(text: str) -> UUID:
    return identifier(text, "the recipient's id")


def _answer(recipient: Recipient | None) -> dict[str, Any]:
    if recipient is None:
        raise NotFound(_NONE)
    return success(_shown(recipient))


def _shown(recipient: Recipient) -> dict[str, Any]:
    ended = recipient.unsubscribed_at
    return {
        "id": str(recipient.id),
        "channel": recipient.channel.value,
        "address": recipient.address,
        "kinds": [kind.value for kind in recipient.kinds],
        "createdAt": to_the_millisecond(recipient.created_at),
        "unsubscribedAt": None if ended is None else to_the_millisecond(ended),
    }
