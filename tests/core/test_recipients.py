"""Addresses of messages: which are taken, and what is said of the others."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from core.messages import Channel, MessageKind
from core.recipients import CHOICES, check_address, check_channel, check_kinds


@pytest.mark.parametrize(
    ("channel", "text", "expected"),
    [
        (Channel.EMAIL, " Ada.L+site@Example.COM ", "Ada.L+site@example.com"),
        (Channel.EMAIL, "root@localhost", "root@localhost"),
        (Channel.WEBHOOK, " https://example.com:8443/hook?to=a ", "https://example.com:8443/hook?to=a"),
        (Channel.WEBHOOK, "http://[2001:db8::1]/hook", "http://[2001:db8::1]/hook"),
        (Channel.WEBHOOK, "HTTPS://Example.com#part", "https://example.com/"),
    ],
)
def test_addresses_are_taken(channel: Channel, text: str, expected: str) -> None:
    """Without the blanks around them; only what has no case is changed, and what is never sent is left out."""
    assert expected == check_address(channel, text)


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        *(
            (Channel.EMAIL, text)
            for text in (
                "",
                "ada",
                "ada@",
                "@example.com",
                "a@b@example.com",
                "Ada <ada@example.com>",
                "ada@example.com\r\nBcc: eve@example.com",
                "ada@exa\nmple.com",
                "ada@example.com,eve@example.com",
                '"a b"@example.com',
                "a..b@example.com",
                "=?utf-8?q?a=0D=0ABcc=3Aeve?=@example.com",
                "ada@-example.com",
                "adä@example.com",
                f"{'a' * 65}@example.com",
                f"a@{'b.' * 130}com",
            )
        ),
        *(
            (Channel.WEBHOOK, text)
            for text in (
                "",
                "example.com/hook",
                "ftp://example.com/",
                "file:///etc/passwd",
                "https:///hook",
                "https://ada:secret@example.com/",
                "https://example.com/a b",
                "https://example.com/\r\nHost: x",
                "https://exämple.com/",
                "https://example.com:0/",
                "https://example.com:99999/",
                "https://[::1/",
                "https://example.com/" + "a" * 2_048,
            )
        ),
    ],
)
def test_other_addresses_are_refused(channel: Channel, text: str) -> None:
    """Whatever is wrong with them, the error tells what to send."""
    with pytest.raises(InvalidInput, match=r"^address must "):
        check_address(channel, text)


def test_kinds_are_chosen_once_and_in_one_order() -> None:
    """Whatever the order in which they come."""
    given = [MessageKind.WEEKLY_REPORT, "monitor_down", "weekly_report"]
    assert check_kinds(given) == (MessageKind.MONITOR_DOWN, MessageKind.WEEKLY_REPORT)


@pytest.mark.parametrize("given", [[], ["weekly"], ["alert"], ["test"], [*CHOICES, "alert_cleared"]])
def test_other_kinds_are_refused(given: list[str]) -> None:
    """None at all, unknown ones, and those that go to addresses of their own."""
    with pytest.raises(InvalidInput, match="choose at least one of monitor_down"):
        check_kinds(given)


def test_channels_have_names() -> None:
    """Two of them."""
    assert list(map(check_channel, ("email", "webhook"))) == [Channel.EMAIL, Channel.WEBHOOK]
    with pytest.raises(InvalidInput, match="one of email, webhook"):
        check_channel("pigeon")
