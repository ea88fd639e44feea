"""The envelope around every answer but two: `{status, data}` or `{status, error: {code, message}}`."""

from __future__ import annotations

from typing import Any

import msgspec

from api.errors import CODES, ErrorCode


def success(data: object) -> dict[str, Any]:
    """Wrap what was asked for."""
    return {"status": "success", "data": data}


def failure(status: int, message: str) -> bytes:
    """Return the body of an error answer."""
    code = CODES.get(status, ErrorCode.INVALID_PAYLOAD if status < 500 else ErrorCode.INTERNAL_ERROR)
    return msgspec.json.encode({"status": "error", "error": {"code": code.value, "message": message}})
