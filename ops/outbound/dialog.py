"""Connections without HTTP: one question and its answer, and handshakes that only look at the certificate."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Final

from cryptography import x509

from ops.outbound.answer import Certificate
from ops.outbound.wording import certificate_problem

if TYPE_CHECKING:
    import socket

_CHUNK: Final = 65_536


async def question(connection: socket.socket, sent: bytes, most: int) -> bytes:
    """Send it and return what comes until the other side ends, at most so many bytes; the connection is closed."""
    reader, writer = await asyncio.open_connection(sock=connection)
    try:
        writer.write(sent)
        await writer.drain()
        kept = bytearray()
        while len(kept) < most and (chunk := await reader.read(min(_CHUNK, most - len(kept)))):
            kept += chunk
        return bytes(kept)
    finally:
        writer.transport.abort()


async def handshake(connection: socket.socket, context: ssl.SSLContext, host: str) -> x509.Certificate:
    """Return the certificate that the other side shows; nothing is sent, and the connection is closed.

    Raises:
        ssl.SSLCertVerificationError: the context does not trust it.
        OSError: there is no TLS to be had.
    """
    _, writer = await asyncio.open_connection(sock=connection, ssl=context, server_hostname=host.removesuffix("."))
    try:
        return shown(writer.get_extra_info("ssl_object"))
    finally:
        writer.transport.abort()


def shown(ends: ssl.SSLObject) -> x509.Certificate:
    """Return the certificate of the other side of a connection.

    Raises:
        ssl.SSLError: there is none, or none that can be read.
    """
    encoded = ends.getpeercert(binary_form=True)
    if encoded is None:
        raise ssl.SSLError(1, "no certificate")
    try:
        return x509.load_der_x509_certificate(encoded)
    except ValueError as error:
        raise ssl.SSLError(1, "certificate cannot be read") from error


def judged(certificate: x509.Certificate, error: ssl.SSLCertVerificationError | None = None) -> Certificate:
    """Return what is told of a certificate that was trusted, or was not, because of `error`."""
    expires_at = int(certificate.not_valid_after_utc.timestamp() * 1_000)
    return Certificate(
        expires_at=expires_at, valid=error is None, problem="" if error is None else certificate_problem(error)
    )


def any_certificate() -> ssl.SSLContext:
    """Return a context that trusts everybody: to look at what is shown, never to say anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
