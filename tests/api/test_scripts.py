"""The script's builds as they are served."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

import brotli
import httpx
import pytest
from fastapi import FastAPI

from api import failures, scripts
from api.dialects.tinytrail.envelope import failure
from api.encodings import accepts
from tracker.builds import DIALECTS, builds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

DEFAULT: Final = builds()["tracker.js"]
PINNED: Final = f"/js/{DEFAULT.digest}/tracker.js"
UNPACK: Final[dict[str, Callable[[bytes], bytes]]] = {"": bytes, "br": brotli.decompress, "gzip": gzip.decompress}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the route alone, which says itself what it takes."""
    app = FastAPI()
    failures.install(app, enveloped=failure)
    app.include_router(scripts.router())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://footfall.test") as client:
        client.headers.pop("Accept-Encoding")
        yield client


@pytest.mark.parametrize("name", builds())
@pytest.mark.parametrize("coding", UNPACK)
async def test_every_build_in_every_coding(client: httpx.AsyncClient, name: str, coding: str) -> None:
    """Each is, unpacked, what was built."""
    headers = {"Accept-Encoding": coding or "identity"}
    async with client.stream("GET", f"/js/{name}", headers=headers) as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert response.status_code == 200
    assert response.headers.get("content-encoding", "") == coding
    assert response.headers["content-length"] == str(len(raw))
    assert UNPACK[coding](raw) == builds()[name].content


@pytest.mark.parametrize(
    ("path", "cache"),
    [
        ("/js/tracker.js", "public, max-age=86400"),
        (PINNED, "public, max-age=31536000, immutable"),
        *((f"/{name}", "public, max-age=86400") for name in DIALECTS),
        *((f"/js/{builds()[name].digest}/{name}", "public, max-age=31536000, immutable") for name in DIALECTS),
    ],
)
async def test_headers(client: httpx.AsyncClient, path: str, cache: str) -> None:
    """For a day by its name and for ever by its hash; pages of any origin, also isolated ones, may load it."""
    response = await client.get(path)
    assert response.content == builds()[path.rpartition("/")[2]].content
    assert response.headers["content-type"].startswith("application/javascript")
    assert response.headers["cache-control"] == cache
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/js/tracker.js", PINNED, "/track.js", "/antics.js"])
async def test_head(client: httpx.AsyncClient, path: str) -> None:
    """The same headers as of GET; the server leaves the body out."""
    got, asked = await client.get(path), await client.head(path)
    kept = {"content-type", "content-length", "cache-control", "etag", "vary", "content-encoding"}
    assert asked.status_code == 200
    assert {key: asked.headers.get(key) for key in kept} == {key: got.headers.get(key) for key in kept}


@pytest.mark.parametrize("coding", UNPACK)
async def test_what_is_unchanged_is_not_sent_again(client: httpx.AsyncClient, coding: str) -> None:
    """Each coding has its own tag, also after a proxy has made it weak."""
    accept = {"Accept-Encoding": coding or "identity"}
    tag = (await client.get("/js/tracker.js", headers=accept)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await client.get("/js/tracker.js", headers=accept | {"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "public, max-age=86400"
        assert again.headers["vary"] == "Accept-Encoding"
    others = {
        (await client.get("/js/tracker.js", headers={"Accept-Encoding": c or "*"})).headers["etag"] for c in UNPACK
    }
    assert len(others) == len(UNPACK)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/js/tracker.vitals.forms.js", "forms, owner, paths, vitals in this order"),
        ("/js/tracker.js.br", "there is no script tracker.js.br"),
        ("/js/../pyproject.toml", None),
        ("/js/", "there is no script"),
        ("/js/000000000000/tracker.js", f"today's is {PINNED}"),
        (f"/js/x/{DEFAULT.digest}/tracker.js", f"today's is {PINNED}"),
        (f"/js/{DEFAULT.digest}/tracker.forms.js", "is known by this hash"),
    ],
)
async def test_what_is_not_there(client: httpx.AsyncClient, path: str, says: str | None) -> None:
    """404 says which builds there are, and where the current one of a name is."""
    response = await client.get(path)
    assert response.status_code == 404
    if says is not None:
        assert says in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("br", True),
        ("gzip, deflate, br, zstd", True),
        ("gzip;q=1.0, BR;q=0.5", True),
        ("br;q=0", False),
        ("br; q=0.000, gzip", False),
        ("gzip", False),
        ("brotli", False),
        ("", False),
    ],
)
def test_what_a_client_takes(header: str, *, expected: bool) -> None:
    """By name, unless its weight is nought."""
    assert accepts(header, "br") is expected
