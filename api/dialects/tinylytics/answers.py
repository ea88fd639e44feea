"""Answers of the API's routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from fastapi.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def answered(body: Mapping[str, Any], status: int = 200) -> Response:
    """Return what was asked for."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def created(**thing: object) -> dict[str, Any]:
    """What is said of something that was taken in."""
    return {"status": "created", **thing}


def ignored(reason: str) -> dict[str, Any]:
    """What is said of something that the site's owner does not want."""
    return {"status": "ignored", "reason": reason}


def wrong(errors: Iterable[str]) -> dict[str, Any]:
    """What is said of something that cannot be taken in."""
    return {"status": "error", "errors": list(errors)}
