"""Who looks: somebody who is signed in, or whoever has a share link; and which sites they see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from fastapi.concurrency import run_in_threadpool

from api.dashboard.languages import language
from api.errors import HttpError
from core.errors import NotFound
from storage import shares, sites
from storage.page_sessions import token_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babel import Locale
    from fastapi import Request
    from psycopg_pool import ConnectionPool

    from api.dashboard.guard import Guard
    from api.dashboard.sessions import Sessions
    from core.accounts import Principal
    from core.clock import Clock
    from core.shares import Share
    from core.sites import Site

#: What is said of a site that is not there, and of one that is somebody else's.
ABSENT: Final = "there is no such site, or it belongs to another account"
_REVOKED: Final = "this link shows nothing any more: ask whoever gave it to you for another one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who looks at the page."""

    principal: Principal | None  #: None through a share link
    share: Share | None
    base: str  #: where the report is: `/`, or `/share/TOKEN/`
    may_filter: bool
    may_change: bool
    language: Locale
    shortcuts: bool = True  #: whether letters are shortcuts
    counted: bytes = b""  #: what their requests are counted by


class Viewers:
    """Tells who looks, and finds sites for them. `find_site` and `sites_of` block."""

    def __init__(self, *, pool: ConnectionPool, sessions: Sessions, guard: Guard, clock: Clock) -> None:
        self.sessions = sessions
        self._pool = pool
        self._guard = guard
        self._clock = clock

    async def viewer_of(self, request: Request) -> Viewer | None:
        """Who looks; None for nobody that we know. A path with `{token}` in it is one through a share link.

        Raises:
            NotFound: there is no such share link, or not any more.
        """
        return await run_in_threadpool(self._look, request)

    async def required(self, request: Request) -> Viewer:
        """Who looks.

        Raises:
            HttpError: 401, nobody that we know: whoever asked for a page is led to the sign-in.
            NotFound: as for `viewer_of`.
        """
        return _known(await self.viewer_of(request))

    async def keeper(self, request: Request) -> Viewer:
        """Who looks, if they may change what they see.

        Raises:
            HttpError: 401 as for `required`; 403 through a share link.
        """
        viewer = await self.required(request)
        if not viewer.may_change:
            raise HttpError(403, "a share link shows the report and changes nothing")
        return viewer

    def again(self, request: Request) -> Viewer:
        """Who looked, as things are now: for a request that lasts. Blocks.

        Raises:
            HttpError: 401, the session has ended.
            NotFound: the share link shows nothing any more.
        """
        return _known(self._look(request))

    def sites_of(self, viewer: Viewer) -> list[Site]:
        """The sites that they see, oldest first: those of the account, an admin's all of them, or the shared one."""
        with self._pool.connection() as connection:
            if viewer.share is not None:
                shared = sites.find(connection, viewer.share.site_uuid)
                return [shared] if shared else []
            if viewer.principal is None:
                return []
            account = None if viewer.principal.is_admin else viewer.principal.account_id
            return sites.of_account(connection, account)

    def find_site(self, viewer: Viewer, text: str) -> Site:
        """The site that an address names, by its domain or its UUID; through a share link the shared one.

        Raises:
            NotFound: they see no such site.
        """
        site = named(self.sites_of(viewer), text) if viewer.share is None else next(iter(self.sites_of(viewer)), None)
        if site is None:
            raise NotFound(ABSENT)
        return site

    def _look(self, request: Request) -> Viewer | None:
        return self._signed_in(request) if request.path_params.get("token") is None else self._shared(request)

    def _signed_in(self, request: Request) -> Viewer | None:
        session = self.sessions.find(request)
        if session is None:
            return None
        return Viewer(
            principal=session.principal,
            share=None,
            base="/",
            may_filter=True,
            may_change=True,
            language=language(request.headers.get("accept-language", "")),
            shortcuts=session.shortcuts,
            counted=token_hash(self.sessions.token(request)),
        )

    def _shared(self, request: Request) -> Viewer:
        token, now = request.path_params["token"], self._clock.now_ms()
        with self._pool.connection() as connection:
            share = shares.find(connection, token, now)
            if share is None:
                raise NotFound(_REVOKED)
            shares.use(connection, share, now)
        return Viewer(
            principal=None,
            share=share,
            base=f"/share/{token}/",
            may_filter=share.may_filter,
            may_change=False,
            language=language(request.headers.get("accept-language", "")),
            counted=share.token_hash + self._guard.address(request).encode(),
        )


def _known(viewer: Viewer | None) -> Viewer:
    if viewer is None:
        raise HttpError(401, "sign in with a key first")
    return viewer


def named(known: Sequence[Site], text: str) -> Site | None:
    """The site of this domain or UUID; None for none. Of several of one domain the oldest."""
    try:
        uuid = UUID(text)
    except ValueError:
        return next((site for site in known if site.domain == text), None)
    return next((site for site in known if site.uuid == uuid), None)


def name_of(site: Site, known: Sequence[Site]) -> str:
    """What an address names the site by: its domain, unless several of these have it."""
    return site.domain if sum(each.domain == site.domain for each in known) == 1 else str(site.uuid)
