"""Scripts that pages have pinned by their hash, over updates."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from api import failures, pinned_scripts, scripts
from api.dialects.tinytrail.envelope import failure
from api.keepers import running
from api.pinned_scripts import PinnedScripts
from storage.pool import open_async_pool
from tracker.builds import Build, builds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: What another version of ours would serve.
OLD = Build(content=b"old()", brotli=b"as brotli", gzip=gzip.compress(b"old()", mtime=0))
ADDRESS = f"/js/{OLD.digest}/tracker.js"


@pytest.fixture
async def client(postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The route over a database in which the scripts of every version are kept."""
    monkeypatch.setattr(pinned_scripts, "_LOOK_SECONDS", 0.01)
    pool = await open_async_pool(postgres_database, size=2, check=False)
    app = FastAPI()
    failures.install(app, enveloped=failure)
    pinned = PinnedScripts(pool=pool)
    app.include_router(scripts.router(pinned))
    async with (
        running([pinned]),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://footfall.test") as client,
    ):
        yield client
    await pool.close()


def serve_another_version(dsn: str) -> None:
    """Keep what a process of another version would."""
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "INSERT INTO scripts (digest, name, content, brotli, gzip) VALUES (%s, 'tracker.js', %s, %s, %s)",
            (OLD.digest, *OLD),
        )


@pytest.mark.parametrize(("coding", "body"), [("br", OLD.brotli), ("gzip", OLD.gzip), ("identity", OLD.content)])
async def test_another_version_is_served_for_ever(
    client: httpx.AsyncClient, postgres_database: str, coding: str, body: bytes
) -> None:
    """A script that another process brought is found under its hash, in every coding; the newest stays the newest."""
    assert (await client.get(ADDRESS)).status_code == 404
    serve_another_version(postgres_database)
    headers = {"Accept-Encoding": coding}
    while True:
        async with client.stream("GET", ADDRESS, headers=headers) as response:
            raw = b"".join([chunk async for chunk in response.aiter_raw()])
        if response.status_code != 404:
            break
    assert (response.status_code, raw) == (200, body)
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    newest = await client.get("/js/tracker.js")
    assert newest.content == builds()["tracker.js"].content


async def test_our_own_scripts_are_kept(client: httpx.AsyncClient, postgres_database: str) -> None:
    """What this version serves under a hash is in the store from the start, for the versions to come."""
    assert (await client.get("/js/tracker.js")).status_code == 200
    with psycopg.connect(postgres_database) as connection:
        kept = connection.execute("SELECT name, digest, content, brotli, gzip FROM scripts").fetchall()
    assert {name: (digest, Build(*contents)) for name, digest, *contents in kept} == {
        name: (build.digest, build) for name, build in builds().items()
    }


async def test_a_hash_that_never_was(client: httpx.AsyncClient) -> None:
    """The answer names today's address."""
    response = await client.get("/js/000000000000/tracker.js")
    assert response.status_code == 404
    assert f"/js/{builds()['tracker.js'].digest}/tracker.js" in response.text
