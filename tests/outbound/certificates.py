"""Certificates as servers have them: good, soon over, over, of nobody, for somebody else."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from tempfile import NamedTemporaryFile
from typing import Final

import trustme

from ops.clock import SystemClock

#: Days that the certificate of `soon.test` has left.
SOON: Final = 5
_OVER: Final = datetime(2020, 6, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Certificates:
    """An authority, and the contexts of servers by the name that is asked for."""

    authorities: ssl.SSLContext  #: trusts the authority and no other
    server: ssl.SSLContext
    soon_ends_at: int  #: ms


@cache
def certificates() -> Certificates:
    """Return those of this process, made once. `expired.test` and so on have bad ones, all else below `test` good."""
    authority = trustme.CA()
    soon = datetime.fromtimestamp(SystemClock().now_ms() // 1_000, UTC) + timedelta(days=SOON)
    contexts = {
        "expired.test": _server(authority.issue_cert("expired.test", not_after=_OVER)),
        "soon.test": _server(authority.issue_cert("soon.test", not_after=soon)),
        "self-signed.test": _self_signed(trustme.CA()),
        "wrong-name.test": _server(authority.issue_cert("somebody-else.test")),
    }
    server = _server(authority.issue_cert("*.test", "*.shop.test", "127.0.0.1"))

    def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        connection.context = contexts.get(name or "", server)

    server.sni_callback = choose
    authorities = ssl.create_default_context()
    authority.configure_trust(authorities)
    return Certificates(authorities, server, int(soon.timestamp() * 1_000))


def _server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


def _self_signed(authority: trustme.CA) -> ssl.SSLContext:
    """A server that shows the certificate of an authority of its own."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with NamedTemporaryFile(suffix=".pem") as file:
        file.write(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
        file.flush()
        context.load_cert_chain(file.name)
    return context
