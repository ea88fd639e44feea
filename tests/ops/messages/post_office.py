"""An SMTP server on loopback that takes mails, or says why not, and shows what it took."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Final, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from ops.messages.mail import Mailer
from ops.messages.sender import parse_sender
from tests.outbound.certificates import certificates

if TYPE_CHECKING:
    from email.message import EmailMessage
    from types import TracebackType

USER: Final = "footfall"
PASSWORD: Final = "open sesame"  # noqa: S105 - of a server that lives as long as a test


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A mail that was taken."""

    sender: str
    recipients: list[str]
    content: bytes
    tls: bool

    @property
    def mail(self) -> EmailMessage:
        """The mail, as mail programs read it."""
        return message_from_bytes(self.content, policy=default)


class PostOffice:
    """The server: STARTTLS and a login are a must, unless `open` is set. To be opened with `async with`."""

    def __init__(self, *, tls: bool = False, open_: bool = False) -> None:
        self.taken: list[Taken] = []
        self.to_recipient: list[str] = []  #: answers to the next RCPT commands; after them all is well
        self.to_data: list[str] = []  #: the same of what was sent
        self.port = 0
        self._tls, self._open = tls, open_
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        server = await asyncio.get_running_loop().create_server(
            self._protocol,
            "127.0.0.1",
            0,
            ssl=certificates().server if self._tls else None,
        )
        self._stack.callback(server.close)
        self.port = server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def mailer(self, public_url: str = "https://footfall.test", *, password: str = PASSWORD) -> Mailer:
        """Return what hands mails to it as its security asks for."""
        return Mailer(
            host="127.0.0.1",
            port=self.port,
            user="" if self._open else USER,
            password="" if self._open else password,
            security="none" if self._open else "tls" if self._tls else "starttls",
            sender=parse_sender("Footfall <footfall@footfall.test>"),
            public_url=public_url,
            authorities=certificates().authorities,
        )

    def _protocol(self) -> SMTP:
        with warnings.catch_warnings():
            # It does not know that a connection may be encrypted from its first byte.
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
            return SMTP(
                self,
                hostname="mail.test",
                tls_context=None if self._tls or self._open else certificates().server,
                require_starttls=not (self._tls or self._open),
                auth_required=not self._open,
                auth_require_tls=not (self._tls or self._open),
                authenticator=self._authenticate,
            )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        known = isinstance(given, LoginPassword) and (given.login, given.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=known, handled=False)

    async def handle_RCPT(  # noqa: N802 - the library's name and arguments
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if self.to_recipient:
            return self.to_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - same
        """Take a mail, or not."""
        if self.to_data:
            return self.to_data.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(
            Taken(
                sender=envelope.mail_from or "",
                recipients=list(envelope.rcpt_tos),
                content=content,
                tls=self._tls or session.ssl is not None,
            )
        )
        return "250 OK queued as 4711"
