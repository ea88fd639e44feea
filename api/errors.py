"""What an error says over HTTP: status, code and sentence; each dialect gives them its own shape."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from core.errors import FootfallError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import Request, Response


#: Answers an error of a request with this status, sentence and headers, or nothing where that is not its business.
Failed: TypeAlias = "Callable[[Request, int, str, Mapping[str, str]], Response | None]"


class ErrorCode(StrEnum):
    """The codes of error answers. Those beyond the documented ones belong to statuses that no text mentions."""

    INVALID_PAYLOAD = "INVALID_PAYLOAD"
    UNAUTHORIZED = "UNAUTHORIZED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    RATE_LIMITED = "RATE_LIMITED"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    UNAVAILABLE = "UNAVAILABLE"


#: The code of each status that is answered.
CODES = {
    400: ErrorCode.INVALID_PAYLOAD,
    401: ErrorCode.UNAUTHORIZED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    408: ErrorCode.INVALID_PAYLOAD,
    413: ErrorCode.INVALID_PAYLOAD,
    429: ErrorCode.RATE_LIMITED,
    500: ErrorCode.INTERNAL_ERROR,
    503: ErrorCode.UNAVAILABLE,
}


class HttpError(FootfallError):
    """Ends a request with this status. `headers` are added to the answer."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})

    @classmethod
    def rate_limited(cls, retry_after: int) -> HttpError:
        """Too many requests; `retry_after` in seconds."""
        return cls(429, "Rate limit exceeded", {"Retry-After": str(retry_after)})

    @classmethod
    def unavailable(cls, message: str, retry_after: int) -> HttpError:
        """Nothing was done; it may be tried again after that many seconds."""
        return cls(503, message, {"Retry-After": str(retry_after)})
