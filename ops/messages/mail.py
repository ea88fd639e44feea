"""Messages as mails: what they look like, and how they are handed to the operator's SMTP server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

import aiosmtplib

from core.messages import MessageKind
from ops.authorities import known_authorities
from ops.messages.failures import NeverSent, NotSent
from storage.times import instant

if TYPE_CHECKING:
    import ssl

    from core.messages import Message

#: How long the server may take for each step, and for all of it, s.
_PATIENCE: Final = 30
_ALTOGETHER: Final = 90
#: From here on an answer of SMTP is final.
_FINAL: Final = 500
NO_SERVER: Final = "no SMTP server is set: FOOTFALL_SMTP_HOST"
_LINK: Final = "List-Unsubscribe"
#: Characters of a subject, or of what a server says.
_LONGEST: Final = 500
#: Headers must not have lines of their own, and characters that nobody sees help only those who cheat.
_SPACES: Final = {ord(each): " " for each in "\r\n\t\v\f\x1c\x1d\x1e\x85\u2028\u2029"}


class _Policy(EmailPolicy):
    """Mails as SMTP takes them. The link of a header is left in one piece, which programs can read."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name == _LINK:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY: Final = _Policy(linesep="\r\n", raise_on_defect=True)


@dataclass(frozen=True, kw_only=True)
class Mailer:
    """Hands mails to an SMTP server.

    Args:
        host: of the server.
        port: of the server.
        user: whom to sign in as; '' for nobody.
        password: of the user.
        security: `starttls`, which then is a must, `tls` from the first byte, or `none`.
        sender: whom mails come from.
        public_url: how browsers reach us, without a slash at the end; '' where nobody knows.
        authorities: whom it trusts; None for those of the system.
    """

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: Address
    public_url: str
    authorities: ssl.SSLContext | None = None

    async def send(self, message: Message, _secret: bytes) -> str:
        """Hand a mail over, and return what the server said to it.

        Raises:
            NotSent: the server cannot be reached or used, or wants it later.
            NeverSent: the server takes no such mail, or none for this address.
        """
        mail = written(compose(message, sender=self.sender, public_url=self.public_url))
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user or None,
            password=self.password or None,
            local_hostname=self.sender.domain,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            tls_context=None if self.security == "none" else self._context,
            timeout=_PATIENCE,
        )
        try:
            async with asyncio.timeout(_ALTOGETHER), client:
                _, said = await client.sendmail(self.sender.addr_spec, [message.address], mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _failure(error.recipients[0]) from error
        except aiosmtplib.SMTPDataError as error:
            raise _failure(error) from error
        except aiosmtplib.SMTPResponseException as error:
            # Of a login, a sender or a greeting: it is the installation that is wrong, and its operator may mend it.
            raise NotSent(f"{self.host}:{self.port} said {error.code} {_line(error.message)}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotSent(f"{self.host}:{self.port}: {_line(str(error.__cause__ or error)) or repr(error)}") from error
        return _line(said)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self.authorities or known_authorities()


class NoMailer:
    """Stands in for a server where none is set."""

    async def send(self, _message: Message, _secret: bytes) -> str:
        """Send nothing.

        Raises:
            NeverSent: always.
        """
        raise NeverSent(NO_SERVER)


def compose(message: Message, *, sender: Address, public_url: str) -> EmailMessage:
    """Return the mail of a message: plain text, as automatic mails are marked, always the same of one message.

    A mail to a recipient that chose it tells how to end such mails, in its text and, for mail programs, in its headers
    (RFC 2369; RFC 8058 where browsers reach us by HTTPS).
    """
    mail = EmailMessage(policy=_POLICY)
    local, _, domain = message.address.rpartition("@")
    mail["From"] = sender
    mail["To"] = Address(username=local, domain=domain)
    # The library would decode what looks like an encoded word, line ends in it included.
    mail["Subject"] = " ".join(_line(message.title).replace("=?", "= ?").split())
    mail["Date"] = format_datetime(instant(message.created_at))
    mail["Message-ID"] = f"<{message.uuid}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    text = message.text.rstrip()
    if message.token is not None:
        link = f"{public_url}/unsubscribe/{message.token.hex}" if public_url else ""
        if link.isascii() and link:
            mail[_LINK] = f"<{link}>"
        if link.startswith("https://"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text += f"\n\n-- \n{_farewell(message, link)}"
    mail.set_content(text + "\n", cte="quoted-printable")
    return mail


def written(mail: EmailMessage) -> bytes:
    """Return a mail as it is sent.

    Raises:
        NeverSent: something in it became a header that nobody put there.
    """
    content = mail.as_bytes()
    lines = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    if [line.partition(b":")[0].decode() for line in lines if not line.startswith((b" ", b"\t"))] != list(mail):
        raise NeverSent("its title or its address cannot be put into a mail")
    return content


def _farewell(message: Message, link: str) -> str:
    why = f"{message.address} is told of {message.domain} by Footfall."
    if message.kind is MessageKind.TEST:
        why = f"This was a test: {why}"
    return f"{why}\n" + (f"No more of these mails: {link}" if link else "To end these mails, ask whoever runs it.")


def _failure(error: aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError) -> NotSent:
    """What the server says of the address or of the mail itself."""
    kind = NeverSent if error.code >= _FINAL else NotSent
    return kind(f"the mail server said {error.code} {_line(error.message)}")


def _line(text: str) -> str:
    """The text on one line, without what nobody sees, and not without end."""
    return "".join(each for each in text[:_LONGEST].translate(_SPACES) if each.isprintable()).strip()
