"""Mails, handed to a real SMTP server on loopback."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest

from core.messages import Channel, Message, MessageKind
from ops.messages.failures import NeverSent, NotSent
from ops.messages.mail import NoMailer, compose
from ops.messages.sender import parse_sender
from tests.ops.messages.post_office import PostOffice

MESSAGE: Final = Message(
    id=7,
    uuid=UUID("6f9f1d3c-2a9b-4d7c-942c-0e4a558f430f"),
    site=UUID("9b2d7c54-2c0e-4a55-8f43-0f6f9f1d3c2a"),
    domain="example.com",
    kind=MessageKind.MONITOR_DOWN,
    channel=Channel.EMAIL,
    address="ada@example.org",
    token=UUID("1b2d7c54-2c0e-4a55-8f43-0f6f9f1d3c2a"),
    wanted=True,
    title="example.com is down — since 12:00",
    text="It answers with 500 for the second time.\n\nPage        Visits\n/prices         12\n/ünï             3\n"
    + "x" * 1_200,
    data={"status": 500},
    created_at=1_795_000_000_000,
    attempts=0,
    sent_at=None,
    given_up_at=None,
    error="",
)
SENDER: Final = parse_sender("Footfall <footfall@footfall.test>")
LINK: Final = "/unsubscribe/1b2d7c542c0e4a558f430f6f9f1d3c2a"


def message(**changes: Any) -> Message:  # noqa: ANN401 - fields of a message
    """The message above, changed."""
    return replace(MESSAGE, **changes)


@pytest.mark.parametrize("how", [{}, {"tls": True}, {"open_": True}], ids=["starttls", "tls", "none"])
async def test_a_mail_arrives(how: dict[str, bool]) -> None:
    """Over a connection that is kept secret in either way, or is not; with every letter of its text."""
    async with PostOffice(**how) as office:
        said = await office.mailer().send(MESSAGE, b"")
    assert "OK queued as 4711" in said
    (taken,) = office.taken
    assert (taken.sender, taken.recipients) == ("footfall@footfall.test", ["ada@example.org"])
    assert taken.tls is not how.get("open_", False)
    mail = taken.mail
    assert mail["Subject"] == "example.com is down — since 12:00"
    assert mail.get_content_type() == "text/plain"
    text = mail.get_content()
    assert text.startswith(MESSAGE.text.splitlines()[0])
    assert "x" * 1_200 in text
    assert "/ünï             3" in text
    assert max(map(len, taken.content.splitlines())) < 998
    assert taken.content.isascii()


def test_a_mail_says_what_it_is() -> None:
    """That a program wrote it, when, and how not to get it; a second attempt is the same mail."""
    mail = compose(MESSAGE, sender=SENDER, public_url="https://footfall.test")
    assert {
        "From": "Footfall <footfall@footfall.test>",
        "To": "ada@example.org",
        "Date": "Wed, 18 Nov 2026 11:06:40 +0000",
        "Message-ID": "<6f9f1d3c-2a9b-4d7c-942c-0e4a558f430f@footfall.test>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<https://footfall.test{LINK}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }.items() <= dict(mail.items()).items()
    text = mail.get_content()
    assert text.endswith(
        "\n\n-- \nada@example.org is told of example.com by Footfall.\n"
        f"No more of these mails: https://footfall.test{LINK}\n"
    )
    again = compose(message(attempts=3, error="later"), sender=SENDER, public_url="https://footfall.test")
    assert mail.as_bytes() == again.as_bytes()


def test_a_long_link_stays_whole() -> None:
    """Mail programs read it as it stands in the header."""
    url = "https://" + "a-long-name." * 12 + "example"
    mail = compose(MESSAGE, sender=SENDER, public_url=url).as_bytes()
    assert f"List-Unsubscribe: <{url}{LINK}>\r\n".encode() in mail


@pytest.mark.parametrize(
    ("token", "public_url", "headers", "text"),
    [
        (
            MESSAGE.token,
            "http://footfall.lan",
            ["List-Unsubscribe"],
            f"No more of these mails: http://footfall.lan{LINK}",
        ),
        (MESSAGE.token, "", [], "To end these mails, ask whoever runs it."),
        (None, "https://footfall.test", [], "x"),
    ],
    ids=["plain HTTP", "no public address", "no recipient"],
)
def test_links_are_where_they_work(token: UUID | None, public_url: str, headers: list[str], text: str) -> None:
    """One click needs HTTPS; an alert's own address is changed with the alert."""
    mail = compose(message(token=token), sender=SENDER, public_url=public_url)
    assert headers == [name for name in mail if name.startswith("List-")]
    assert mail.get_content().rstrip("\n").endswith(text)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b"])
async def test_no_title_becomes_a_header(end: str) -> None:
    """Whatever ends a line somewhere is a blank."""
    title = f"Down{end}Bcc: eve@example.net{end}{end}<html>"
    async with PostOffice(open_=True) as office:
        await office.mailer().send(message(title=title), b"")
    (taken,) = office.taken
    assert taken.recipients == ["ada@example.org"]
    assert "Bcc" not in taken.mail
    assert taken.mail["Subject"] == "Down Bcc: eve@example.net <html>"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("=?utf-8?q?Hi=0D=0ABcc=3A_eve@example.net?= there", "= ?utf-8?q?Hi=0D=0ABcc=3A_eve@example.net?= there"),
        ("=?utf-8?b?SGkNCkJjYzogZXZl?=", "= ?utf-8?b?SGkNCkJjYzogZXZl?="),
        ("=?utf-8?b?!!!!?=", "= ?utf-8?b?!!!!?="),
        ("==??utf-8?q?=0A?=", "== ??utf-8?q?=0A?="),
        ('<a@b> (no comment" ; : ,', '<a@b> (no comment" ; : ,'),
        ("x" * 2_000, "x" * 500),
        ("ü" * 300, "ü" * 300),
    ],
)
async def test_no_title_is_decoded(title: str, expected: str) -> None:
    """It arrives as it was written, but for what mail programs would read as something else."""
    async with PostOffice(open_=True) as office:
        await office.mailer().send(message(title=title), b"")
    (taken,) = office.taken
    assert taken.recipients == ["ada@example.org"]
    assert "Bcc" not in taken.mail
    assert expected == taken.mail["Subject"]


async def test_no_text_ends_a_mail_early() -> None:
    """What SMTP ends a mail with is only a line of it; there is no other end of a line than SMTP's."""
    text = "a\n.\nQUIT\r\n.\r\nRSET\r.\rb"
    async with PostOffice(open_=True) as office:
        await office.mailer().send(message(text=text, token=None), b"")
    (taken,) = office.taken
    assert taken.mail.get_content().splitlines() == ["a", ".", "QUIT", ".", "RSET", ".", "b"]
    assert taken.content.replace(b"\r\n", b"").count(b"\r") == taken.content.replace(b"\r\n", b"").count(b"\n") == 0


async def test_what_would_become_a_header_is_not_sent() -> None:
    """Should an address ever get past the check at the edge."""
    async with PostOffice(open_=True) as office:
        with pytest.raises(NeverSent, match="cannot be put into a mail"):
            await office.mailer().send(message(address="=?utf-8?q?a=0D=0ABcc=3Aeve?=@example.com"), b"")
    assert office.taken == []


@pytest.mark.parametrize(
    ("to_recipient", "to_data", "expected", "said"),
    [
        (["550 5.1.1 No such user here"], [], NeverSent, "550 5.1.1 No such user here"),
        (["450 4.2.1 Greylisted"], [], NotSent, "450 4.2.1 Greylisted"),
        ([], ["554 5.7.1 Looks like spam"], NeverSent, "554 5.7.1 Looks like spam"),
        ([], ["452 4.3.1 Disk full"], NotSent, "452 4.3.1 Disk full"),
    ],
)
async def test_refusals_are_final_or_not(
    to_recipient: list[str], to_data: list[str], expected: type[NotSent], said: str
) -> None:
    """As the server says; then the same mail goes."""
    async with PostOffice() as office:
        office.to_recipient, office.to_data = to_recipient, to_data
        with pytest.raises(NotSent, match=said) as failed:
            await office.mailer().send(MESSAGE, b"")
        assert expected is type(failed.value)
        await office.mailer().send(MESSAGE, b"")
    assert len(office.taken) == 1


async def test_what_the_operator_can_mend_is_tried_again() -> None:
    """A wrong password, a certificate that is not trusted, a server that offers no STARTTLS, and none at all."""
    async with PostOffice() as office, PostOffice(open_=True) as plain:
        for mailer, said in (
            (office.mailer(password="wrong"), "said 535"),  # noqa: S106 - see above
            (replace(office.mailer(), authorities=None), "certificate"),
            (replace(plain.mailer(), security="starttls"), "STARTTLS"),
            (replace(office.mailer(), host="localhost"), "certificate|Hostname"),
        ):
            with pytest.raises(NotSent, match=said) as failed:
                await mailer.send(MESSAGE, b"")
            assert type(failed.value) is NotSent
    with pytest.raises(NotSent, match=f"127.0.0.1:{office.port}: ") as failed:
        await office.mailer().send(MESSAGE, b"")
    assert type(failed.value) is NotSent
    assert office.taken == plain.taken == []


async def test_without_a_server_nothing_is_sent() -> None:
    """The reason names the setting."""
    with pytest.raises(NeverSent, match="no SMTP server is set: FOOTFALL_SMTP_HOST"):
        await NoMailer().send(MESSAGE, b"")
