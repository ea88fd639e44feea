"""PostgreSQL measured every so often beside the scheduler, so that no scrape has to ask it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import psycopg

from storage import server

if TYPE_CHECKING:
    from core.telemetry import Telemetry
    from storage.server import Server

_log = logging.getLogger(__name__)

#: Seconds between two looks.
EVERY: Final = 30.0
#: A look gives up after so long, ms.
_LONGEST: Final = 10_000


class PostgresMonitor:
    """Asks over a connection of its own, for a pool that is used up is what is to be seen."""

    def __init__(self, dsn: str, *, telemetry: Telemetry) -> None:
        self._dsn = dsn
        self._telemetry = telemetry
        self._before: Server | None = None

    async def run(self) -> None:
        """Measure for ever. A server that is away is measured too: as that."""
        while True:
            await asyncio.to_thread(self.measure)
            await asyncio.sleep(EVERY)

    def measure(self) -> None:
        """Set the gauges; what of the server's counters came to since the last look is added."""
        try:
            with psycopg.connect(
                self._dsn,
                connect_timeout=_LONGEST // 1_000,
                application_name="footfall monitor",
                options=f"-c statement_timeout={_LONGEST} -c TimeZone=UTC",
            ) as connection:
                found, log, tables = server.read(connection), server.wal(connection), server.tables(connection)
        except psycopg.Error as error:
            _log.warning("PostgreSQL cannot be measured: %s", error)
            self._telemetry.set("footfall_postgres_up", 0)
            return
        put = self._telemetry.set
        put("footfall_postgres_up", 1)
        put("footfall_postgres_connections", found.connections)
        put("footfall_postgres_connections_limit", found.connections_limit)
        put("footfall_postgres_database_bytes", found.size)
        put("footfall_postgres_oldest_transaction_seconds", found.oldest_transaction)
        put("footfall_oldest_salt_timestamp_seconds", found.oldest_salt or 0)
        put("footfall_rollup_gaps", found.gaps)
        if log is not None:
            put("footfall_postgres_wal_bytes", log.size)
            put("footfall_postgres_replication_lag_bytes", log.replication_lag)
        for table in tables:
            put("footfall_postgres_dead_rows", table.dead_rows, table=table.name)
            put("footfall_postgres_chunks", table.chunks, table=table.name)
        self._add(found)

    def _add(self, found: Server) -> None:
        """Add what came to; after a reset of the server's statistics they begin anew."""
        before, self._before = self._before, found
        if before is not None:
            add = self._telemetry.add
            add("footfall_postgres_deadlocks_total", max(0, found.deadlocks - before.deadlocks))
            add("footfall_postgres_blocks_total", max(0, found.blocks_hit - before.blocks_hit), source="memory")
            add("footfall_postgres_blocks_total", max(0, found.blocks_read - before.blocks_read), source="disk")
