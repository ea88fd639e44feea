"""What went wrong on the way, in words for people."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from http import HTTPStatus
from typing import Final

import aiohttp

from ops.outbound.errors import Forbidden, OutboundError, TimedOut, TlsFailed
from ops.outbound.guard import NotPublicError

#: By OpenSSL's number.
_PROBLEMS: Final = {
    9: "Certificate is not valid yet",
    10: "Certificate has expired",
    18: "Certificate is self-signed",
    19: "Certificate is of an unknown authority",
    20: "Certificate is of an unknown authority",
    21: "Certificate is of an unknown authority",
    23: "Certificate was revoked",
    62: "Certificate is for another name",
    64: "Certificate is for another address",
}
_ERRNOS: Final = {
    errno.ECONNREFUSED: "Connection refused",
    errno.ECONNRESET: "Connection reset",
    errno.EPIPE: "Connection reset",
    errno.EHOSTUNREACH: "Host unreachable",
    errno.ENETUNREACH: "Network unreachable",
    errno.ETIMEDOUT: "Connection timed out",
}
_HEADERS_TOO_LARGE: Final = ("Got more than", "Too many headers")


def phrase(status: int) -> str:
    """Return a status of HTTP in words; '' of one that nobody defined."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def certificate_problem(error: ssl.SSLCertVerificationError) -> str:
    """Return what is wrong with a certificate."""
    return _PROBLEMS.get(error.verify_code, f"Certificate is not valid: {error.verify_message}")


def failure(error: Exception) -> OutboundError:
    """Return what to raise for an error of the library, or of the operating system."""
    match error:
        case OutboundError():
            found = error
        case aiohttp.ClientConnectorCertificateError(certificate_error=ssl.SSLCertVerificationError() as problem):
            found = TlsFailed(certificate_problem(problem))
        case aiohttp.ClientConnectorError(os_error=cause):
            found = _system_failure(cause)
        case aiohttp.ServerDisconnectedError():
            found = OutboundError("Connection closed without an answer")
        case aiohttp.ClientResponseError():
            large = error.message.startswith(_HEADERS_TOO_LARGE)
            found = OutboundError("Headers are too large" if large else "The answer is not HTTP")
        case aiohttp.ClientPayloadError():
            found = OutboundError("The answer ended too early")
        case aiohttp.InvalidURL():
            found = Forbidden("The address is not written as addresses are")
        case _:
            found = _system_failure(error)
    return found


def _system_failure(error: Exception) -> OutboundError:
    match error:
        case NotPublicError():
            found: OutboundError = Forbidden(str(error))
        case ssl.SSLCertVerificationError():
            found = TlsFailed(certificate_problem(error))
        case ssl.SSLError(reason=reason):
            found = TlsFailed(f"TLS handshake failed: {(reason or 'no reason given').replace('_', ' ').lower()}")
        case socket.gaierror(errno=socket.EAI_AGAIN):
            found = OutboundError("Name could not be looked up")
        case socket.gaierror():
            found = OutboundError("Name not found")
        case TimeoutError():
            found = TimedOut("Connection timed out")
        case OSError(errno=int() as number):
            found = OutboundError(_ERRNOS.get(number) or os.strerror(number))
        case _:
            found = OutboundError("Connection failed")
    return found
