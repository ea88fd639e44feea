"""What the APIs' routes are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from aggregations.reports import Reports
    from api.collector.clients import Clients
    from core.clock import Clock
    from core.realtime import Realtime
    from core.telemetry import Telemetry
    from storage.key_vault import KeyVault


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All that a router may need."""

    pool: ConnectionPool
    reports: Reports
    realtime: Realtime
    vault: KeyVault
    clients: Clients
    clock: Clock
    telemetry: Telemetry
    #: How browsers reach us; '' for the address that was asked.
    public_url: str = ""
    #: Whether beep-analytics' first token may be made without one.
    beep_bootstrap: bool = True
    #: Whether Antics' `Remote-User` is believed of trusted proxies.
    remote_user: bool = False
