"""What the messages to a webhook are signed with."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from psycopg import Connection

    from storage.key_vault import KeyVault

_BYTES: Final = 32


class WebhookSecret(NamedTuple):
    """A secret as its receiver is told it, once, and as it is stored."""

    text: str
    cipher: bytes


#: Of what is no webhook.
NONE: Final = WebhookSecret("", b"")


def make(connection: Connection, vault: KeyVault) -> WebhookSecret:
    """Make a secret.

    Raises:
        FootfallError: it cannot be encrypted; see `KeyVault.encrypt`.
    """
    text = token_urlsafe(_BYTES)
    return WebhookSecret(text, vault.encrypt(connection, text.encode()))
