"""Keys that can be shown again, and what webhooks are signed with: encrypted with a secret that was given, or was made.

A made secret of a single node is in a file beside the database. A cluster has no place that all its processes share but
the database; whoever reads a copy of it there can then read the keys too, unless the operator gave the secret.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_bytes, token_hex
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import FootfallError
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from psycopg import Connection

#: The name of a single node's file, in its data directory.
FILE: Final = "secret.key"
_NAME: Final = "keys"
_BYTES: Final = 32
#: What is encrypted: the statement that lists it by id, and the one that gives one of it another text.
_ENCRYPTED: Final = (
    ("keys.ciphers", "keys.recipher"),
    ("recipients.ciphers", "recipients.recipher"),
    ("alerts.ciphers", "alerts.recipher"),
    ("messages.ciphers", "messages.recipher"),
)


class Rotated(NamedTuple):
    """What a rotation did."""

    keys: int  # encrypted anew
    unreadable: int  # left as they were: their secret is lost


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyVault:
    """Encrypts and shows keys.

    Args:
        given: the operator's secrets, newest first; see `derive`.
        file: where made secrets are; None: in the database.
    """

    given: Sequence[bytes] = ()
    file: Path | None = None

    def encrypt(self, connection: Connection, key: bytes) -> bytes:
        """Return the key as it is stored. The secret is not changed before the end of the transaction.

        Raises:
            FootfallError: the file of the secrets cannot be read or written.
        """
        connection.execute(load("keys.hold_secret"))
        secrets = self._secrets(connection) or [self._make(connection)]
        return Fernet(urlsafe_b64encode(secrets[0])).encrypt(key)

    def decrypt(self, connection: Connection, cipher: bytes) -> bytes | None:
        """Return the key, or None if nobody can show it: it was not kept, or under a secret that is not known.

        Raises:
            FootfallError: the file of the secrets cannot be read.
        """
        secrets = self._secrets(connection)
        if not cipher or not secrets:
            return None
        try:
            return _fernet(secrets).decrypt(cipher)
        except InvalidToken:
            return None

    def rotate(self, connection: Connection) -> Rotated:
        """Encrypt every key with the newest given secret, or else with one that is made now; all or none. Commits.

        Secrets that were made before are forgotten. The connection must not be in a transaction.

        Raises:
            FootfallError: the file of the secrets cannot be read or written.
        """
        with connection.transaction():
            connection.execute(load("keys.change_secret"))
            known = self._secrets(connection)
            newest = self.given[0] if self.given else token_bytes(_BYTES)
            if self.file is not None and not self.given:
                # The old ones stay until the commit: a crash on either side of it loses no key.
                _write(self.file, [newest, *known])
            rotated = _encrypt_all(connection, _fernet([newest, *known]))
            if self.file is None and self.given:
                connection.execute(load("secrets.remove"), {"name": _NAME})
            elif self.file is None:
                connection.execute(load("secrets.put"), {"name": _NAME, "value": newest})
        if self.file is not None:
            with connection.transaction():
                connection.execute(load("keys.change_secret"))
                made = _read(self.file)
                _write(self.file, made[: made.index(newest) + 1] if newest in made else [])
        return rotated

    def made(self, connection: Connection) -> bytes:
        """Return the secrets that were made and not given, as a single node's file has them; empty without.

        Raises:
            FootfallError: the file of the secrets cannot be read.
        """
        return _text(self._made(connection))

    def adopt(self, connection: Connection, other: KeyVault) -> Rotated:
        """Encrypt all keys so that we can show those that `other` can; the caller commits.

        Args:
            connection: of the database that the keys are in now.
            other: has a file.

        Raises:
            FootfallError: a file of secrets cannot be read or written.
        """
        keys = unreadable = 0
        for id_, cipher, recipher in _all(connection):
            key = other.decrypt(connection, cipher)
            if key is None:
                unreadable += 1
                continue
            connection.execute(load(recipher), {"id": id_, "cipher": self.encrypt(connection, key)})
            keys += 1
        return Rotated(keys, unreadable)

    def _secrets(self, connection: Connection) -> list[bytes]:
        """All that are known, newest first."""
        return [*self.given, *self._made(connection)]

    def _made(self, connection: Connection) -> list[bytes]:
        if self.file is not None:
            return _read(self.file)
        row = connection.execute(load("secrets.read"), {"name": _NAME}).fetchone()
        return [] if row is None else [bytes(row[0])]

    def _make(self, connection: Connection) -> bytes:
        """The first secret; of several that are made at once one wins."""
        made = token_bytes(_BYTES)
        if self.file is None:
            connection.execute(load("secrets.offer"), {"name": _NAME, "value": made})
        else:
            _offer(self.file, made)
        return self._secrets(connection)[0]


def derive(text: str) -> bytes:
    """Return the secret that an operator's text stands for."""
    return HKDF(SHA256(), _BYTES, salt=None, info=b"footfall keys").derive(text.encode())


def _fernet(secrets: Sequence[bytes]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(secret)) for secret in secrets])


def _encrypt_all(connection: Connection, fernet: MultiFernet) -> Rotated:
    keys = unreadable = 0
    for id_, cipher, recipher in _all(connection):
        try:
            changed = fernet.rotate(cipher)
        except InvalidToken:
            unreadable += 1
            continue
        connection.execute(load(recipher), {"id": id_, "cipher": changed})
        keys += 1
    return Rotated(keys, unreadable)


def _all(connection: Connection) -> Iterator[tuple[object, bytes, str]]:
    """Everything encrypted: its id, the text, and the statement that gives it another."""
    for ciphers, recipher in _ENCRYPTED:
        for id_, cipher in connection.execute(load(ciphers)).fetchall():
            yield id_, bytes(cipher), recipher


def _text(secrets: Sequence[bytes]) -> bytes:
    return b"".join(urlsafe_b64encode(secret) + b"\n" for secret in secrets)


def _read(file: Path) -> list[bytes]:
    try:
        return [urlsafe_b64decode(line) for line in file.read_text().split()]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise FootfallError(f"the secrets of the keys cannot be read from {file}: {error}") from error


def _write(file: Path, secrets: Sequence[bytes]) -> None:
    """Replace the file, so that after a crash it is the old one or the new one."""
    try:
        _temporary(file, secrets).replace(file)
        _sync(file.parent)
    except OSError as error:
        raise FootfallError(f"the secrets of the keys cannot be written to {file}: {error}") from error


def _offer(file: Path, secret: bytes) -> None:
    """Make the file, unless there is one."""
    try:
        temporary = _temporary(file, [secret])
        with suppress(FileExistsError):
            file.hardlink_to(temporary)
        temporary.unlink()
        _sync(file.parent)
    except OSError as error:
        raise FootfallError(f"the secrets of the keys cannot be written to {file}: {error}") from error


def _temporary(file: Path, secrets: Sequence[bytes]) -> Path:
    """A new file beside it that nobody else may read."""
    temporary = file.with_name(f".{file.name}.{token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as text:
        text.write(_text(secrets))
        text.flush()
        if os.geteuid() == 0:
            # Whom the installation belongs to must be able to read it after a command of root's.
            owner = (file if file.exists() else file.parent).stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        os.fsync(descriptor)
    return temporary


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
