"""Signing in with a key, and out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dashboard.failures import SIGN_IN
from api.dashboard.guard import Origin, own_path, posted, see_other
from api.errors import HttpError
from core.networks import parse_address

if TYPE_CHECKING:
    from api.dashboard.parts import Parts

#: No key is longer.
_MAX_KEY: Final = 256
_WRONG: Final = "This key opens nothing here. Look whether all of it was copied."
_PLAIN: Final = (
    "Signing in needs https://, or http://localhost: over plain HTTP others could read the key."
    " Open this page by such an address."
)
#: A subscriber has this many bits of an IPv6 address; the rest they choose themselves.
_SUBSCRIBER_BITS: Final = 64


def router(parts: Parts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()
    sessions = parts.viewers.sessions

    def page(request: Request, *, next_: str, error: str = "", status: int = 200) -> Response:
        return parts.rendering.page("sign_in.html", request, None, status=status, next=next_, error=error)

    @routes.get(SIGN_IN)
    async def form(request: Request) -> Response:
        """Ask for a key."""
        next_ = own_path(request.query_params.get("next", ""))
        if await run_in_threadpool(sessions.find, request):
            return see_other(next_)
        return page(request, next_=next_)

    @routes.post(SIGN_IN)
    async def sign_in(request: Request) -> Response:
        """Sign in and lead to where somebody wanted to go; whatever is wrong with a key, the answer is one."""
        sent = await posted(request)
        next_, key = own_path(sent.get("next")), sent.get("key").strip()
        origin = Origin.of(request.headers.get("origin", ""))
        if origin.scheme == "http" and not origin.is_plain_loopback:
            return page(request, next_=next_, error=_PLAIN, status=422)
        tried = _counted(parts.guard.address(request))
        if parts.tries is not None and (wait := await run_in_threadpool(parts.tries.retry_after, tried)):
            raise HttpError(429, f"Too many tries to sign in. Try again in {wait} s.", {"Retry-After": str(wait)})
        if not 0 < len(key) <= _MAX_KEY or not await run_in_threadpool(sessions.sign_in, request, key):
            return page(request, next_=next_, error=_WRONG, status=422)
        response = see_other(next_)
        sessions.remember(request, response)
        return response

    @routes.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        """End the session."""
        await run_in_threadpool(sessions.sign_out, request)
        response = see_other(SIGN_IN)
        sessions.remember(request, response)
        # What a browser kept of the pages is not to be looked at by whoever comes next.
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    @routes.post("/shortcuts")
    async def shortcuts(request: Request) -> Response:
        """Let letters be shortcuts in this session, or not."""
        await parts.viewers.keeper(request)
        sent = await posted(request)
        await run_in_threadpool(sessions.set_shortcuts, request, shortcuts=sent.get("shortcuts") == "on")
        return see_other(own_path(sent.get("next")))

    return routes


def _counted(text: str) -> bytes:
    """What an address's tries are counted by: all of a subscriber's are one."""
    address = parse_address(text)
    if address is not None and address.version == 6:
        return b"sign-in %x" % (address.value >> _SUBSCRIBER_BITS)
    return f"sign-in {text}".encode()
