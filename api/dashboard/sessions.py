"""Sessions of people who are signed in, by their cookie: the only thing that the page leaves in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage import page_sessions

if TYPE_CHECKING:
    from fastapi import Request, Response
    from psycopg_pool import ConnectionPool

    from api.dashboard.guard import Guard
    from core.clock import Clock
    from storage.page_sessions import PageSession

#: A browser takes the first only over HTTPS, from this very host and for all of it.
_SECURE: Final = "__Host-footfall"
_PLAIN: Final = "footfall"
_MAX_TOKEN: Final = 64


class Sessions:
    """Signs in and out and tells who is signed in. Every method but `token` and `remember` blocks."""

    def __init__(self, *, pool: ConnectionPool, guard: Guard, clock: Clock) -> None:
        self._pool = pool
        self._guard = guard
        self._clock = clock

    def token(self, request: Request) -> str:
        """The token of the request's cookie, '' for none."""
        token = request.cookies.get(self._name(request), "")
        return token if len(token) <= _MAX_TOKEN else ""

    def find(self, request: Request) -> PageSession | None:
        """Who is signed in. One whose session was made to last longer is told so by the answer, see `remember`."""
        token = self.token(request)
        if not token:
            return None
        with self._pool.connection() as connection:
            found = page_sessions.find(connection, token, now=self._clock.now_ms())
        if found is not None and found.extended:
            request.state.footfall_token = token
        return found

    def sign_in(self, request: Request, key: str) -> bool:
        """Sign in by a key; False if it opens nothing. A session that was there ends."""
        with self._pool.connection() as connection:
            token = page_sessions.create(connection, key, now=self._clock.now_ms())
            if token is None:
                return False
            page_sessions.delete(connection, self.token(request))
        request.state.footfall_token = token
        return True

    def sign_out(self, request: Request) -> None:
        """End the session, here and in the store."""
        with self._pool.connection() as connection:
            page_sessions.delete(connection, self.token(request))
        request.state.footfall_token = ""

    def set_shortcuts(self, request: Request, *, shortcuts: bool) -> None:
        """Let letters be shortcuts in this session, or not."""
        with self._pool.connection() as connection:
            page_sessions.set_shortcuts(connection, self.token(request), shortcuts=shortcuts)

    def remember(self, request: Request, response: Response) -> None:
        """Let the browser keep what has changed since it asked, if anything has."""
        token: str | None = getattr(request.state, "footfall_token", None)
        if token is not None:
            response.set_cookie(
                self._name(request),
                token,
                max_age=page_sessions.LASTS // 1_000 if token else 0,
                path="/",
                secure=not self._guard.origin(request).is_plain_loopback,
                httponly=True,
                samesite="lax",
            )

    def _name(self, request: Request) -> str:
        return _PLAIN if self._guard.origin(request).is_plain_loopback else _SECURE
