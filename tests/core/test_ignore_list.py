"""What may be put on the ignore list, and how it is written there."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from core.ignore_list import MAX_IGNORED, one_form, require_room


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("192.168.1.1", "192.168.1.1"),
        (" 192.168.1.1 ", "192.168.1.1"),
        ("192.168.1.1/32", "192.168.1.1"),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("2001:db8::1/128", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_one_form(text: str, form: str) -> None:
    """However it is written, it is one entry; written so, it stays."""
    assert form == one_form(text)
    assert form == one_form(form)


@pytest.mark.parametrize("text", ["", "x", "192.168.1", "192.168.1.1/33", "192.168.1.1:80", "example.com", "1"])
def test_what_is_no_address(text: str) -> None:
    """Anything else is refused, with an example of what would do."""
    with pytest.raises(InvalidInput, match=r"203\.0\.113\.7"):
        one_form(text)


def test_the_list_ends_somewhere() -> None:
    """A full list takes nothing new; what is on it may be put there again."""
    full = [f"192.0.{number // 256}.{number % 256}" for number in range(MAX_IGNORED)]
    require_room(full, "192.0.0.1")
    require_room(full[1:], "2001:db8::1")
    with pytest.raises(InvalidInput, match="remove some"):
        require_room(full, "2001:db8::1")
