"""A migrated database with two sites, plain and with hypertables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from storage.pool import open_async_pool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from psycopg_pool import AsyncConnectionPool


@pytest.fixture
def plain_store(postgres_database: str) -> str:
    """The address of a migrated plain PostgreSQL with two sites."""
    return _with_sites(postgres_database)


@pytest.fixture(params=["postgres", pytest.param("timescale", marks=pytest.mark.timescale)])
def store(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database with two sites."""
    return _with_sites(request.getfixturevalue(f"{request.param}_database"))


@pytest.fixture
async def pool(store: str) -> AsyncIterator[AsyncConnectionPool]:
    """Connections to `store`, as the engine has them."""
    pool = await open_async_pool(store, size=4, check=False)
    yield pool
    await pool.close()


def _with_sites(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
        for domain in ("one.example", "two.example"):
            connection.execute("INSERT INTO sites (account_id, domain) SELECT id, %s FROM accounts", [domain])
    return dsn
