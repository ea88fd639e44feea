"""Keys of programs that send events, over a real PostgreSQL."""

from __future__ import annotations

import psycopg
import pytest

from api.auth import BELIEVED_SECONDS, TooManyRequests
from api.collector.keys import CollectorKeys
from api.errors import HttpError
from api.limits import LocalLimit, Rate
from core.accounts import Access, Api, Role
from core.errors import Unavailable
from storage import keys
from storage.pool import open_async_pool
from tests.clocks import SetClock


async def test_a_key_opens_its_api_until_it_is_revoked(postgres_database: str) -> None:
    """Its access is told, its use noted; another API's key is none, and a revoked one is believed for seconds only."""
    clock = SetClock(0)
    pool = await open_async_pool(postgres_database, size=2)
    known = CollectorKeys(pool=pool, clock=clock, limits={Api.TINYLYTICS: LocalLimit(Rate(3, 10), clock=clock)})
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        key = keys.create(connection, Api.TINYLYTICS, Role.USER, "Acme", access=Access.READ_ONLY)
        found = await known.principal(Api.TINYLYTICS, key, refusal="no")
        assert found.access is Access.READ_ONLY
        assert found.key_id is not None
        details = keys.details(connection, found.key_id)
        assert details is not None
        assert details.last_used_at is not None
        other = keys.create(connection, Api.PLATFORM, Role.USER, "Acme")
        for wrong in (other, "", "x" * 300):
            with pytest.raises(HttpError, match="no"):
                await known.principal(Api.TINYLYTICS, wrong, refusal="no")
        keys.revoke(connection, found.key_id)
        assert await known.principal(Api.TINYLYTICS, key, refusal="no") == found
        clock.pass_seconds(BELIEVED_SECONDS)
        with pytest.raises(HttpError, match="no"):
            await known.principal(Api.TINYLYTICS, key, refusal="no")
    await pool.close()


async def test_a_limit_holds_and_an_outage_is_told(postgres_database: str) -> None:
    """Beyond its rate a key waits; without the store an unknown one is told to come again."""
    clock = SetClock(0)
    pool = await open_async_pool(postgres_database, size=2)
    known = CollectorKeys(pool=pool, clock=clock, limits={Api.TINYLYTICS: LocalLimit(Rate(2, 10), clock=clock)})
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        key = keys.create(connection, Api.TINYLYTICS, Role.USER, "Acme")
    for _ in range(2):
        await known.principal(Api.TINYLYTICS, key, refusal="no")
    with pytest.raises(TooManyRequests) as told:
        await known.principal(Api.TINYLYTICS, key, refusal="no")
    assert told.value.headers == {"Retry-After": "10"}
    await pool.close()
    with pytest.raises(Unavailable):
        await known.principal(Api.TINYLYTICS, key + "x", refusal="no")
