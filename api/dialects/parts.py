"""What the APIs' routes are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg_pool import ConnectionPool

    from aggregations.reports import Reports
    from api.collector.clients import Clients
    from api.limits import Rate
    from core.accounts import Api
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
    #: How often one key may ask, of the APIs whose keys may not as they like.
    rates: Mapping[Api, Rate] = field(default_factory=dict)
    #: How browsers reach us; '' for the address that was asked.
    public_url: str = ""
    #: Whether beep-analytics' first token may be made without one.
    beep_bootstrap: bool = True
    #: Whether Antics' `Remote-User` is believed of trusted proxies.
    remote_user: bool = False
