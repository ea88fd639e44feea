"""What the page is made of, and what one look at it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fastapi import Request
    from psycopg_pool import ConnectionPool

    from aggregations.answers import Funnel
    from aggregations.reports import Reports
    from api.dashboard.guard import Guard
    from api.dashboard.rendering import Rendering
    from api.dashboard.slow_answers import SlowAnswers
    from api.dashboard.state import State
    from api.dashboard.viewer import Viewer, Viewers
    from api.event_streams import OpenStreams
    from api.limits import Limit
    from core.clock import Clock
    from core.realtime import Realtime
    from core.sites import Site
    from core.telemetry import Telemetry
    from storage.key_vault import KeyVault


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What answering the page's requests needs."""

    pool: ConnectionPool
    reports: Reports
    realtime: Realtime
    streams: OpenStreams
    clock: Clock
    telemetry: Telemetry
    vault: KeyVault
    guard: Guard
    viewers: Viewers
    rendering: Rendering
    funnels: SlowAnswers[Funnel]
    #: How often one session, or one address with a share link, may ask for a report; None for as often as it likes.
    limit: Limit | None = None
    #: How often one address may try to sign in; None for as often as it likes.
    tries: Limit | None = None
    #: How browsers reach us, for the script tag; '' for the address that was asked.
    public_url: str = ""
    #: Whether other servers are asked, and whether there is one for mails: if not, the settings say so.
    asks_others: bool = True
    sends_mails: bool = True


class Shown(NamedTuple):
    """One look at a site's report."""

    request: Request
    viewer: Viewer
    site: Site
    state: State
    now: int  #: ms since 1970 UTC
