"""The demo page's server."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ops.demo_page.choice import EXTRAS, OPTIONS, Choice
from ops.demo_page.forwarding import Forwarding

#: The folder that is passed on to Footfall, as a site would proxy it.
FOLDER: Final = "/stats"
_EVENTS: Final = ("/api/v1/collect", "/api/v1/pixel.gif")
_ICON: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><circle cx=".5" cy=".5" r=".5"/></svg>'
_ASSETS: Final = {"page.css": "text/css", "page.js": "text/javascript"}
#: Bytes of a request that are passed on.
_MAX_BODY: Final = 1 << 20


def create_app(*, site: str, server: str) -> FastAPI:
    """Return the server of a page that counts for `site` on the Footfall at `server`, without a slash at its end.

    Whoever asks shares one choice of extras and one log: it is for one person.

    Raises:
        FileNotFoundError: the package was built without the page.
    """
    app = FastAPI(openapi_url=None)
    folder = files("ops.demo_page")
    page = Template(folder.joinpath("page.html").read_text(encoding="utf-8"))
    assets = {name: folder.joinpath(name).read_bytes() for name in _ASSETS}
    forwarding = Forwarding(server)
    chosen = Choice()

    @app.api_route(FOLDER + "/{path:path}", methods=["GET", "POST", "HEAD", "OPTIONS"])
    async def forward(request: Request, path: str) -> Response:
        body = await request.body()
        if len(body) > _MAX_BODY:
            return Response("more than a page ever sends", 413)
        target = f"/{path}" + (f"?{request.url.query}" if request.url.query else "")
        answer = await run_in_threadpool(forwarding.pass_on, request.method, target, request.headers, body)
        if f"/{path}" in _EVENTS:
            forwarding.remember(request.method, target, body, answer)
        return Response(answer.body, answer.status, answer.headers)

    @app.get("/log")
    def log(after: int = 0) -> Response:
        return Response(msgspec.json.encode(forwarding.after(after)), media_type="application/json")

    @app.post("/choose")
    async def choose(request: Request) -> RedirectResponse:
        nonlocal chosen
        chosen = Choice.of(dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True)))
        return RedirectResponse("/", 303)

    @app.get("/icon.svg")
    def icon() -> Response:
        return Response(_ICON, media_type="image/svg+xml")

    @app.get("/files/{_}")
    def file(_: str) -> Response:
        return Response(b"a file", headers={"Content-Disposition": "attachment"}, media_type="application/octet-stream")

    @app.get("/{path:path}")
    def show(path: str) -> Response:
        if path in assets:
            return Response(assets[path], media_type=_ASSETS[path])
        policy = _policy(server if "direct" in chosen.options else "")
        values = _values(chosen, path=f"/{path}", site=site, server=server) | {"policy": escape(policy)}
        headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
        return HTMLResponse(page.substitute(values), 404 if path == "missing" else 200, headers)

    return app


def _policy(server: str) -> str:
    hosts = " ".join(filter(None, ("'self'", server)))
    return (
        f"default-src 'none'; script-src {hosts}; connect-src {hosts}; img-src {hosts}; style-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _values(chosen: Choice, *, path: str, site: str, server: str) -> dict[str, str]:
    snippet = chosen.snippet(site=site, own=FOLDER, server=server)
    boxes = [
        f'<label><input type="checkbox" name="{name}"{" checked" if name in chosen.extras | chosen.options else ""}>'
        f" <code>{name}</code>: {escape(meaning)}</label>"
        for name, meaning in {**EXTRAS, **OPTIONS}.items()
    ]
    return {
        "title": escape(f"Footfall's demo page: {path}"),
        "snippet": snippet,
        "shown": escape(snippet),
        "site": escape(site),
        "server": escape(server),
        "boxes": "\n".join(boxes),
    }
