"""Ending a site's mails by the link in each of them, without signing in, and having them again.

Looking changes nothing: programs that read mails follow links. What is posted may come from a mail program (RFC 8058),
so it is not asked where it comes from: whoever has the link may do this and no more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Request, Response

from storage import recipients

if TYPE_CHECKING:
    from api.dashboard.parts import Parts
    from storage.recipients import Subscription

_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


class _Said(NamedTuple):
    """What the page says, and the button that it has, if any."""

    heading: str
    message: str
    button: str = ""
    goes_to: str = ""  #: after the address of the page


_UNKNOWN: Final = _Said(
    heading="Nothing to end",
    message="This link ends no mails. They were ended for good already, or part of the link got lost: copy all of it.",
)


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/unsubscribe/{token}")
    def show(request: Request, token: str) -> Response:
        """Say what the link is for; change nothing."""
        return _answer(parts, request, token)

    @routes.post("/unsubscribe/{token}")
    def unsubscribe(request: Request, token: str) -> Response:
        """End the mails."""
        if (uuid := _uuid(token)) is not None:
            with parts.pool.connection() as connection:
                recipients.unsubscribe(connection, uuid, parts.clock.now_ms())
        return _answer(parts, request, token)

    @routes.post("/unsubscribe/{token}/undo")
    def undo(request: Request, token: str) -> Response:
        """Let the address have its mails again, if a page of ours asks for it."""
        parts.guard.check(request)
        if (uuid := _uuid(token)) is not None:
            with parts.pool.connection() as connection:
                recipients.resubscribe(connection, uuid)
        return _answer(parts, request, token)

    return routes


def _answer(parts: Parts, request: Request, token: str) -> Response:
    """The page as it is now."""
    found = None
    if (uuid := _uuid(token)) is not None:
        with parts.pool.connection() as connection:
            found = recipients.subscription(connection, uuid)
    said = _said(found)
    action = f"/unsubscribe/{token}{said.goes_to}"
    status = 404 if found is None else 200
    return parts.rendering.page("unsubscribe.html", request, None, status=status, said_here=said, action=action)


def _said(found: Subscription | None) -> _Said:
    if found is None:
        return _UNKNOWN
    address, domain = found.recipient.address, found.domain
    if found.recipient.unsubscribed_at is None:
        return _Said(
            heading=f"Mails about {domain}",
            message=f"{address} is told of {domain} by mail. This ends it; nothing else changes.",
            button="Send no more mails",
        )
    return _Said(
        heading="No more mails",
        message=f"{address} gets no more mails about {domain}. If that was a mistake, it can have them again.",
        button="Send mails again",
        goes_to="/undo",
    )


def _uuid(token: str) -> UUID | None:
    return UUID(token) if _TOKEN.fullmatch(token) else None
