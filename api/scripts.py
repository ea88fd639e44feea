"""`GET` and `HEAD` of `/js/…`, `/track.js` and `/antics.js`: the scripts as browsers load them.

Under its name a script is the newest, for a day. Under its content's hash, `/js/0123456789ab/tracker.js`, it is the
same for ever, also after an update that made another one the newest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Header, Response

from api.encodings import accepts
from core.errors import NotFound
from tracker.builds import DIALECTS, Extra, builds

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.pinned_scripts import PinnedScripts
    from tracker.builds import Build

PATH: Final = "/js/{build:path}"

_DAY: Final = "public, max-age=86400"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_HEADERS: Final = {
    "Vary": "Accept-Encoding",
    # Pages under COEP load it, and `integrity` is checked only of what may be read.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def router(pinned: PinnedScripts | None = None) -> APIRouter:
    """Return the routes.

    Args:
        pinned: the builds of other versions; without them only today's have a hash.

    Raises:
        FileNotFoundError: the package was built without the scripts.
    """
    routes = APIRouter()
    found = builds()

    @routes.api_route(PATH, methods=["GET", "HEAD"])
    def script(
        build: str,
        accept_encoding: Annotated[str, Header()] = "",
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:
        """Serve a script, compressed where the browser takes it."""
        digest, _, name = build.rpartition("/")
        served = found.get(name)
        if served is None:
            raise NotFound(
                f"there is no script {name}: it is tracker.js, or with extras of {', '.join(Extra)} in this order"
                " such as tracker.forms.vitals.js"
            )
        if digest not in {"", served.digest}:
            other = pinned and pinned.get(digest, name)
            if not other:
                raise NotFound(f"no {name} is known by this hash; today's is /js/{served.digest}/{name}")
            served = other
        content, coding = _encode(served, accept_encoding)
        # Each coding is another representation and has a tag of its own.
        tag = f'"{served.digest}{coding and "-"}{coding}"'
        headers = {**_HEADERS, "Cache-Control": _FOR_EVER if digest else _DAY, "ETag": tag}
        if tag in if_none_match:
            return Response(status_code=304, headers=headers)
        if coding:
            headers["Content-Encoding"] = coding
        return Response(content, media_type="application/javascript", headers=headers)

    for name in DIALECTS:
        routes.add_api_route(f"/{name}", _newest(script, name), methods=["GET", "HEAD"])
    return routes


def _newest(script: Callable[[str, str, str], Response], name: str) -> Callable[[str, str], Response]:
    """The route of one script that stands under its name alone."""

    def newest(
        accept_encoding: Annotated[str, Header()] = "",
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:
        return script(name, accept_encoding, if_none_match)

    return newest


def _encode(build: Build, accept_encoding: str) -> tuple[bytes, str]:
    """The smallest form that the client takes, and its coding; '' for none."""
    if accepts(accept_encoding, "br"):
        return build.brotli, "br"
    if accepts(accept_encoding, "gzip"):
        return build.gzip, "gzip"
    return build.content, ""
