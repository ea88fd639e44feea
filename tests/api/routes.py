"""What an application answers, by its own word: the APIs, and the page beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fastapi.routing import iter_route_contexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.asgi import Application

#: What is served of other APIs beside their own packages.
_ELSEWHERE: Final = {"/track.js": "beep", "/antics.js": "antics"}
#: The owner of what is the server's own, which TinyTrail's tables have too, and of the page.
_TINYTRAIL: Final = "tinytrail"
_PAGE: Final = "page"


class Route(NamedTuple):
    """One that answers, and whose it is: `page`, or the name of an API."""

    owner: str
    method: str
    path: str

    @property
    def template(self) -> tuple[str, str]:
        """Method and path with every parameter as `{id}`: two routes with the same answer the same requests."""
        return self.method, re.sub(r"{[^}]+}", "{id}", self.path)


def all_routes(application: Application) -> list[Route]:
    """Every route as often as it is there."""
    app: Any = application
    hot = [
        Route(_owner(type(route).__module__, route.path), m, route.path) for route in app.routes for m in route.methods
    ]
    return hot + list(_routes(application))


def api_routes(application: Application, api: str = _TINYTRAIL) -> set[tuple[str, str]]:
    """Method and path of all that an API has; the server's own is counted among TinyTrail's."""
    return {(route.method, route.path) for route in all_routes(application) if route.owner == api}


def page_routes(application: Application) -> set[tuple[str, str]]:
    """Method and path of all that the page is made of."""
    return api_routes(application, _PAGE)


def _owner(module: str, path: str) -> str:
    names = module.split(".")
    if names[1:2] == ["dashboard"]:
        return _PAGE
    return _ELSEWHERE.get(path) or (names[2] if names[1:2] == ["dialects"] else _TINYTRAIL)


def _routes(application: Application) -> Iterator[Route]:
    app: Any = application
    for context in iter_route_contexts(app._rest._application.routes):
        path = context.path or ""
        owner = _owner(getattr(context.endpoint, "__module__", ""), path)
        yield from (Route(owner, method, path) for method in context.methods or ())
