"""`GET /assets/…`: what pages load, under names that never change their meaning.

There is one style sheet for the report, made of several in a fixed order, and one for settings. A module names those
that it imports as they lie in the folder; what is served names them by their hashes, so a change goes through to those
that import it. What is ours is served without comments and blanks; what is others' as it is.
"""

from __future__ import annotations

import gzip
import re
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final

import brotli
from fastapi import APIRouter, Header, Response
from rcssmin import cssmin
from rjsmin import jsmin

from api.encodings import accepts
from core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

PREFIX: Final = "/assets/"
#: The style sheets that are served, and what each is made of, in order.
SHEETS: Final = MappingProxyType(
    {
        "page.css": (
            "tokens",
            "base",
            "header",
            "forms",
            "live",
            "metrics",
            "chart",
            "panels",
            "sites",
            "empty",
            "dialogs",
        ),
        "settings.css": ("settings",),
    }
)
_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_IMPORT: Final = re.compile(rb"""((?:\bfrom|\bimport)\s*\(?\s*["'])(\.{1,2}/[\w./-]+)(["'])""")
_HEADERS: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Asset:
    """A file as it is served."""

    def __init__(self, name: str, content: bytes) -> None:
        path = PurePosixPath(name)
        self.name = f"{path.with_suffix('')}.{sha256(content).hexdigest()[:12]}{path.suffix}"
        self.media_type = _TYPES[path.suffix]
        self.content = content

    @cached_property
    def brotli(self) -> bytes:
        """The content, compressed as far as it goes."""
        return brotli.compress(self.content)  # type: ignore[no-any-return]  # the library has no types

    @cached_property
    def gzip(self) -> bytes:
        """The content, compressed as far as it goes."""
        return gzip.compress(self.content, mtime=0)


class Assets:
    """All files of `static`, by their names there, and the style sheets by those of `SHEETS`.

    Raises:
        FileNotFoundError: the package was built without them, or a module imports one that is not there.
        RecursionError: modules import each other in a circle, so that none can have its hash first.
    """

    def __init__(self) -> None:
        self._sources = dict(_sources(files("api.dashboard").joinpath("static")))
        self._assets = {
            sheet: Asset(sheet, b"".join(_small_style(self._sources[f"css/{name}.css"]) for name in names))
            for sheet, names in SHEETS.items()
        }
        for name in self._sources:
            if PurePosixPath(name).suffix in {".js", ".svg"}:
                self._add(name)
        self.served: Mapping[str, Asset] = {asset.name: asset for asset in self._assets.values()}

    def url(self, name: str) -> str:
        """Where a file is served.

        Raises:
            KeyError: there is none of this name.
        """
        return PREFIX + self._assets[name].name

    def _add(self, name: str) -> Asset:
        if name in self._assets:
            return self._assets[name]
        if name not in self._sources:
            raise FileNotFoundError(f"a module imports {name}, which is not in static/")

        def hashed(found: re.Match[bytes]) -> bytes:
            imported = self._add(_joined(name, found[2].decode()))
            return found[1] + f"{PREFIX}{imported.name}".encode() + found[3]

        content = self._sources[name]
        if name.endswith(".js") and not name.startswith("vendor/"):
            content = _small_module(_IMPORT.sub(hashed, content))
        return self._assets.setdefault(name, Asset(name, content))


def router(assets: Assets) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.api_route(PREFIX + "{name:path}", methods=["GET", "HEAD"])
    def asset(name: str, accept_encoding: Annotated[str, Header()] = "") -> Response:
        """Serve a file, compressed where the browser takes it."""
        found = assets.served.get(name)
        if found is None:
            raise NotFound(f"there is no file {name[:100]} of this version: load the page again")
        if accepts(accept_encoding, "br"):
            return Response(found.brotli, media_type=found.media_type, headers=_HEADERS | {"Content-Encoding": "br"})
        if accepts(accept_encoding, "gzip"):
            return Response(found.gzip, media_type=found.media_type, headers=_HEADERS | {"Content-Encoding": "gzip"})
        return Response(found.content, media_type=found.media_type, headers=_HEADERS)

    return routes


def _small_style(content: bytes) -> bytes:
    return str(cssmin(content.decode())).encode()


def _small_module(content: bytes) -> bytes:
    return str(jsmin(content.decode())).encode()


def _sources(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        name = f"{prefix}{each.name}"
        if each.is_dir():
            found += _sources(each, f"{name}/")
        else:
            found.append((name, each.read_bytes()))
    return found


def _joined(importer: str, path: str) -> str:
    """The name of the file that a module means by a relative path."""
    parts = list(PurePosixPath(importer).parent.parts)
    for part in PurePosixPath(path).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
