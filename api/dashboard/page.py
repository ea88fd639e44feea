"""The page: what it is put together from, and its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends

from api.dashboard import allowing, assets, live_stream, look, sign_in, unsubscribing
from api.dashboard.assets import Assets
from api.dashboard.dialogs import routes as dialogs
from api.dashboard.failures import failed
from api.dashboard.guard import Guard
from api.dashboard.parts import Parts, Shown
from api.dashboard.rendering import Rendering
from api.dashboard.sessions import Sessions
from api.dashboard.settings import new_site
from api.dashboard.settings import pages as settings
from api.dashboard.slow_answers import SlowAnswers
from api.dashboard.viewer import Viewers
from api.dashboard.warming import Warming

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from aggregations.reports import Reports
    from api.collector.clients import Clients
    from api.errors import Failed
    from api.event_streams import OpenStreams
    from api.limits import Limit
    from core.clock import Clock
    from core.realtime import Realtime
    from core.telemetry import Telemetry
    from storage.key_vault import KeyVault

__all__ = ["Page", "Parts", "Shown"]


class Page:
    """The page's routes, and what answers its errors.

    Raises:
        FileNotFoundError: the package was built without the page's files.
    """

    def __init__(  # noqa: PLR0913 - the parts it is made of
        self,
        *,
        pool: ConnectionPool,
        reports: Reports,
        realtime: Realtime,
        streams: OpenStreams,
        clock: Clock,
        telemetry: Telemetry,
        vault: KeyVault,
        clients: Clients,
        limit: Limit | None = None,
        tries: Limit | None = None,
        public_url: str = "",
        asks_others: bool = True,
        sends_mails: bool = True,
    ) -> None:
        self._assets = Assets()
        guard = Guard(clients, public_url=public_url)
        sessions = Sessions(pool=pool, guard=guard, clock=clock)
        self._parts = Parts(
            pool=pool,
            reports=reports,
            realtime=realtime,
            streams=streams,
            clock=clock,
            telemetry=telemetry,
            vault=vault,
            guard=guard,
            viewers=Viewers(pool=pool, sessions=sessions, guard=guard, clock=clock),
            rendering=Rendering(clock=clock, assets=self._assets, sessions=sessions),
            funnels=SlowAnswers(clock=clock),
            limit=limit,
            tries=tries,
            public_url=public_url,
            asks_others=asks_others,
            sends_mails=sends_mails,
        )

    @property
    def failed(self) -> Failed:
        """What answers errors of pages."""
        return failed(self._parts.rendering)

    @property
    def warming(self) -> Warming:
        """What makes it ready before anybody asks."""
        return Warming(self._parts)

    def router(self) -> APIRouter:
        """Return all routes. Forms that come from elsewhere are refused before any of them, but for those of mails."""
        parts = self._parts
        routes = APIRouter(dependencies=[Depends(parts.guard.check)], include_in_schema=False)
        routes.include_router(assets.router(self._assets))
        routes.include_router(sign_in.router(parts))
        routes.include_router(look.router(parts))
        routes.include_router(settings.router(parts))
        routes.include_router(new_site.router(parts))
        routes.include_router(live_stream.router(parts))
        routes.include_router(allowing.router(parts))
        routes.include_router(dialogs.routes(parts))
        every = APIRouter()
        every.include_router(routes)
        every.include_router(unsubscribing.router(parts))
        return every
