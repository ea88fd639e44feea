"""What an application answers, by its own word: the APIs, and the page beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.routing import iter_route_contexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.asgi import Application

#: Where what programs ask for begins; all else is the page.
_APIS: Final = ("/api/", "/js/", "/health", "/metrics", "/openapi.json")


def api_routes(application: Application) -> set[tuple[str, str]]:
    """Method and path of all that programs ask for, of the hot paths as they say themselves."""
    app: Any = application
    hot = {(method, path) for path, taken in app._hot.items() for method in taken.methods}
    return hot | {(method, path) for method, path in _routes(application) if path.startswith(_APIS)}


def page_routes(application: Application) -> set[tuple[str, str]]:
    """Method and path of all that the page is made of."""
    return {(method, path) for method, path in _routes(application) if not path.startswith(_APIS)}


def _routes(application: Application) -> Iterator[tuple[str, str]]:
    app: Any = application
    for context in iter_route_contexts(app._rest._application.routes):
        yield from ((method, context.path or "") for method in context.methods or ())
