"""Whom mails come from, as an operator writes it."""

from __future__ import annotations

import re
from email.headerregistry import Address
from typing import Final

from core.errors import InvalidInput
from core.messages import Channel
from core.recipients import check_address

_NAMED: Final = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")


def parse_sender(text: str) -> Address:
    """Return the sender that a text such as `footfall@example.com` or `Footfall <footfall@example.com>` names.

    Raises:
        InvalidInput: it names none.
    """
    named = _NAMED.fullmatch(text.strip())
    name, address = ("", text) if named is None else (named["name"].strip().strip('"'), named["address"])
    if not name.isprintable():
        raise InvalidInput("the name of whom mails come from must be on one line, such as Footfall")
    local, _, domain = check_address(Channel.EMAIL, address).rpartition("@")
    return Address(display_name=name, username=local, domain=domain)
