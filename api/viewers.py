"""Who asks the APIs that people self-host behind a proxy: the owner of a key, or whom the proxy vouches for.

Such a proxy, Authelia for one, says in `Remote-User` who signed in there, and in `Remote-Groups` the groups of whoever
did. That is believed where the operator switched it on and the peer is a trusted proxy, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from fastapi import Request  # noqa: TC002 - FastAPI reads the annotations when it runs

from api.errors import HttpError
from core.accounts import Principal, Role
from core.text import is_clean
from storage import accounts, folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from api.collector.clients import Clients
    from core.sites import Site
    from storage.folders import Folder

#: Whose sites those see who come by way of a proxy.
ACCOUNT: Final = "default"
_MAX_NAME: Final = 256
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks. `groups` are None for the owner of a key, who sees every folder."""

    principal: Principal
    groups: frozenset[str] | None = None

    def sees_folder(self, folder: Folder) -> bool:
        """Whether this folder of an account that the viewer may see is there for the viewer."""
        return self.groups is None or not folder.authelia_group or folder.authelia_group in self.groups


class Viewers:
    """Knows who asks. Its methods block.

    Args:
        pool: connections to look accounts up with.
        bearer: whose key the request has; it raises HttpError 401 without one that works.
        clients: tells which peers are trusted proxies.
        remote_user: whether proxies are believed.
    """

    def __init__(
        self, *, pool: ConnectionPool, bearer: Callable[[Request], Principal], clients: Clients, remote_user: bool
    ) -> None:
        self._pool = pool
        self._bearer = bearer
        self._clients = clients
        self._remote_user = remote_user

    def identify(self, request: Request) -> None:
        """Find out who asks, for `viewer` to tell. A dependency of a router; a key that is sent has the say.

        Raises:
            HttpError: 401, nobody can tell; 403, a page of somebody else makes a browser ask that is signed in.
        """
        name = "" if "authorization" in request.headers else self._remote_name(request)
        if not name:
            request.state.viewer = Viewer(principal=self._bearer(request))
            return
        _require_own_page(request)
        request.state.viewer = self._remote(name, request)

    def _remote_name(self, request: Request) -> str:
        if not self._remote_user or not self._clients.is_forwarded(request.scope):
            return ""
        named = request.headers.getlist("remote-user")
        # Of two, one may be the client's own.
        if len(named) != 1 or len(request.headers.getlist("remote-groups")) > 1:
            return ""
        name = named[0].strip()
        return name if len(name) <= _MAX_NAME and is_clean(name) else ""

    def _remote(self, name: str, request: Request) -> Viewer:
        groups = request.headers.get("remote-groups", "").split(",")
        with self._pool.connection() as connection:
            account_id = accounts.ensure(connection, ACCOUNT)
        return Viewer(
            principal=Principal(user_id=uuid5(NAMESPACE_URL, name), account_id=account_id, role=Role.USER),
            groups=frozenset(filter(None, map(str.strip, groups))),
        )


def _require_own_page(request: Request) -> None:
    """Let through what changes nothing, and what no page of another origin sent: a proxy goes by a browser's cookie."""
    if request.method in _SAFE:
        return
    fetched = request.headers.get("sec-fetch-site")
    if fetched is None:
        # An old browser, or no browser at all.
        origin = request.headers.get("origin")
        fetched = (
            "none" if origin is None or origin.partition("://")[2] == request.headers.get("host") else "cross-site"
        )
    if fetched not in {"same-origin", "none"}:
        raise HttpError(403, "a page of another origin changes nothing for whoever signed in at the proxy")


def viewer(request: Request) -> Viewer:
    """Return whom `Viewers.identify` found, for a parameter of a route."""
    found: Viewer = request.state.viewer
    return found


def visible_folders(connection: Connection, of: Viewer) -> list[Folder]:
    """The folders of the viewer's account that are there for the viewer, by name."""
    return [folder for folder in folders.of_account(connection, of.principal.account_id) if of.sees_folder(folder)]


def visible_sites(connection: Connection, of: Viewer, found: Iterable[Site]) -> list[Site]:
    """Those of the sites, of accounts that the viewer may see, that are in no folder or in one that is there."""
    if of.groups is None:
        return list(found)
    known: set[UUID] = {folder.id for folder in visible_folders(connection, of)}
    return [site for site in found if site.folder_id is None or site.folder_id in known]
