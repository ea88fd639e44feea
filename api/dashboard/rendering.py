"""Pages and fragments out of templates, with the headers that every page has."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any, Final

import brotli
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.dashboard.guard import HEADERS
from api.dashboard.languages import language
from api.dashboard.state import State, View
from api.encodings import accepts

if TYPE_CHECKING:
    from fastapi import Request

    from api.dashboard.assets import Assets
    from api.dashboard.sessions import Sessions
    from api.dashboard.viewer import Viewer
    from core.clock import Clock

#: What a script asks for to change the page that is open.
FRAGMENT: Final = "fragment=report"
#: Brotli's, of 11: the last few percent would take longer than the network.
_QUALITY: Final = 5
_GZIP_LEVEL: Final = 5
_SHARED: Final = {"Referrer-Policy": "no-referrer"}


class Rendering:
    """Renders templates. What every template is given, beside the values of the call, is in `_given`."""

    def __init__(self, *, clock: Clock, assets: Assets, sessions: Sessions) -> None:
        self._clock = clock
        self._sessions = sessions
        self.environment = Environment(
            loader=PackageLoader("api.dashboard"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        self.environment.globals |= {"asset": assets.url, "View": View, "url": _url}

    def page(
        self,
        template: str,
        request: Request,
        viewer: Viewer | None,
        *,
        status: int = 200,
        **values: Any,  # noqa: ANN401 - whatever the template takes
    ) -> HTMLResponse:
        """Return a whole page."""
        text = self.text(template, **{**self._given(request, viewer), **values})
        headers = {**HEADERS, "Cache-Control": "private, no-cache", "Vary": "Accept, Accept-Encoding, Accept-Language"}
        if viewer is not None and viewer.share is not None:
            headers |= _SHARED
        content, coding = _encoded(text.encode(), request.headers.get("accept-encoding", ""))
        if coding:
            headers["Content-Encoding"] = coding
        response = HTMLResponse(content, status, headers)
        self._sessions.remember(request, response)
        return response

    def text(self, template: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template takes
        """Return what a template says.

        Raises:
            jinja2.TemplateError: there is none, or it takes a value that it is not given.
        """
        return self.environment.get_template(template).render(values)

    def _given(self, request: Request, viewer: Viewer | None) -> dict[str, Any]:
        locale = viewer.language if viewer else language(request.headers.get("accept-language", ""))
        return {
            "request": request,
            "viewer": viewer,
            "base": viewer.base if viewer else "/",
            "locale": locale,
            "now": self._clock.now_ms(),
            "state": State(),
            "site": None,
            "said": "",
        }


def wants_fragment(request: Request) -> bool:
    """Whether a script asks for the part of the page that it changes."""
    return FRAGMENT in request.headers.get("accept", "")


def _url(state: State, base: str = "/") -> str:
    return state.url(base)


def _encoded(content: bytes, accept_encoding: str) -> tuple[bytes, str]:
    if accepts(accept_encoding, "br"):
        return brotli.compress(content, quality=_QUALITY), "br"
    if accepts(accept_encoding, "gzip"):
        return gzip.compress(content, _GZIP_LEVEL, mtime=0), "gzip"
    return content, ""
