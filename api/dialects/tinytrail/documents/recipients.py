"""What the document says of recipients. All of it is an extension."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field

from api.dialects.tinytrail.documents.operation import Access, Operation, Tag
from api.dialects.tinytrail.documents.shapes import Shape, Success
from core.messages import Channel
from core.recipients import CHOICES, MAX_RECIPIENTS

RecipientKind = StrEnum("RecipientKind", {kind.name: kind.value for kind in CHOICES})  # type: ignore[misc]  # made of the list

_Kinds = Annotated[list[RecipientKind], Field(min_length=1, description="What it is told of.")]
_Address = Annotated[
    str,
    Field(max_length=2_000, description="Of a mailbox, or an absolute http(s) URL that takes POST requests."),
]


class NewRecipient(BaseModel):
    """A recipient to be added."""

    channel: Channel
    address: _Address
    kinds: _Kinds


class RecipientPatch(BaseModel):
    """What it is told of from now on."""

    kinds: _Kinds


class Recipient(Shape):
    """Who is told of a website."""

    id: UUID
    channel: Channel
    address: str
    kinds: list[RecipientKind]
    createdAt: datetime  # noqa: N815 - as the API spells it
    unsubscribedAt: datetime | None = Field(description="Since when it wants no mails any more; null: it gets them.")  # noqa: N815 - same


class AddedRecipient(Recipient):
    """A recipient that was added just now."""

    secret: str | None = Field(
        description="What a webhook's messages are signed with. It is never shown again. Null of a mailbox."
    )


_PATH: Final = "/api/v1/websites/{id}/recipients"
_BODY: Final = {
    "channel": "webhook",
    "address": "https://example.com/hooks/footfall",
    "kinds": ["monitor_down", "monitor_up"],
}
_SHOWN: Final = {
    "id": "9b2d7c54-2c0e-4a55-8f43-0f6f9f1d3c2a",
    **_BODY,
    "createdAt": "2026-11-10T09:30:00.000Z",
    "unsubscribedAt": None,
}
_OF: Final[dict[str, Any]] = {"access": Access.USER, "of": "the website", "tag": Tag.WEBSITES}
_ONE: Final[dict[str, Any]] = {
    **_OF,
    "item": "the recipient",
    "answer": Success[Recipient],
    "example": {"status": "success", "data": _SHOWN},
}

#: By method and path.
RECIPIENTS: Final[dict[tuple[str, str], Operation]] = {
    ("GET", _PATH): Operation(
        id="listRecipients",
        summary="List a website's recipients",
        description="The oldest first. An extension.",
        answer=Success[list[Recipient]],
        example={"status": "success", "data": [_SHOWN]},
        errors=(400, 404),
        **_OF,
    ),
    ("POST", _PATH): Operation(
        id="createRecipient",
        summary="Add a recipient",
        description=f"A website has {MAX_RECIPIENTS} recipients at most, each address once. An extension.",
        body=NewRecipient,
        body_example=_BODY,
        status=201,
        answer=Success[AddedRecipient],
        example={"status": "success", "data": {**_SHOWN, "secret": "C2x9dV0yBq3Zt1mW7sLr5kHn8uJfYpAe4gTiXoQbRcE"}},
        errors=(400, 404, 413),
        **_OF,
    ),
    ("PATCH", f"{_PATH}/{{item}}"): Operation(
        id="updateRecipient",
        summary="Change what a recipient is told of",
        description="Its address stays: another address is another recipient. An extension.",
        body=RecipientPatch,
        body_example={"kinds": ["weekly_report"]},
        errors=(400, 404, 413),
        **_ONE,
    ),
    ("DELETE", f"{_PATH}/{{item}}"): Operation(
        id="deleteRecipient",
        summary="Remove a recipient",
        description="What waits to be sent to it is not sent. An extension.",
        meaning="The recipient that is gone.",
        errors=(400, 404),
        **_ONE,
    ),
    ("POST", f"{_PATH}/{{item}}/test"): Operation(
        id="testRecipient",
        summary="Send a recipient a message to try it",
        description="Whatever it is told of; it is sent within moments. An extension.",
        status=202,
        meaning="The message is on its way.",
        errors=(400, 404),
        **_ONE,
    ),
}
