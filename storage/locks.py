"""Advisory locks that a connection holds across its transactions: who may do what only one may do."""

from __future__ import annotations

from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import psycopg

from core.errors import Unavailable
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import AsyncConnection, Connection

#: How long somebody waits for a site that another job has, seconds.
PATIENCE: Final = 120


class LockSpace(IntEnum):
    """What is locked: the first half of an advisory lock's key, any numbers that nobody else uses."""

    SITE = 0x466F_6F01  #: the second half is the site: its rollups and files
    SCHEDULER = 0x466F_6F02  #: the second half is 0: the one scheduler of the installation
    PAST = 0x466F_6F03  #: the second half is 0: whoever writes to days that no worker writes to any more, or drops them
    ADMINS = 0x466F_6F04  #: the second half is 0: whoever takes admins away
    FIRST_TOKEN = 0x466F_6F05  #: the second half is 0: whoever makes the first token of beep-analytics
    JOB = 0x466F_6F08  #: the second half is the job: whoever runs it
    BACKUP = 0x466F_6F07  #: the second half is 0: whoever copies chunks and files, or takes them away


@contextmanager
def site_lock(connection: Connection, site: int, *, patience: float = PATIENCE) -> Iterator[None]:
    """Whoever is inside may write the rollups and the files of the site; others wait.

    The connection must not be in a transaction; the lock outlives those made inside.

    Raises:
        Unavailable: another job had the site for `patience` seconds.
    """
    key = {"space": LockSpace.SITE, "key": site}
    try:
        with connection.transaction():
            connection.execute(load("locks.limit"), {"ms": str(int(patience * 1000))})
            connection.execute(load("locks.wait"), key)
    except psycopg.errors.LockNotAvailable as error:
        raise Unavailable(f"another job has site {site} since {patience:.0f} s", retry_after=60) from error
    try:
        yield
    finally:
        if not connection.closed:
            with connection.transaction():
                connection.execute(load("locks.release"), key)


def try_scheduler_lock(connection: Connection) -> bool:
    """Whether this connection now is the scheduler's, until it is closed. Asking twice needs no second release."""
    with connection.transaction():
        row = connection.execute(load("locks.try"), {"space": LockSpace.SCHEDULER, "key": 0}).fetchone()
    return row is not None and bool(row[0])


async def wait_for_past(connection: AsyncConnection) -> None:
    """Wait until nobody else writes to past days; others wait for the end of this transaction."""
    await connection.execute(load("locks.wait_in_transaction"), {"space": LockSpace.PAST, "key": 0})


def wait_for_past_alone(connection: Connection) -> None:
    """Wait until nobody else writes to past days; others wait for the end of this transaction."""
    connection.execute(load("locks.wait_in_transaction"), {"space": LockSpace.PAST, "key": 0})


def wait_for_past_shared(connection: Connection) -> None:
    """Wait until nobody changes where past days are; until the end of this transaction nobody will."""
    connection.execute(load("locks.share_in_transaction"), {"space": LockSpace.PAST, "key": 0})


def wait_for_admins(connection: Connection) -> None:
    """Wait until nobody else takes admins away; others wait for the end of this transaction."""
    connection.execute(load("locks.wait_in_transaction"), {"space": LockSpace.ADMINS, "key": 0})


def wait_for_first_token(connection: Connection) -> None:
    """Wait until nobody else makes the first token; others wait for the end of this transaction."""
    connection.execute(load("locks.wait_in_transaction"), {"space": LockSpace.FIRST_TOKEN, "key": 0})


def share_backup(connection: Connection) -> None:
    """Wait until nobody takes chunks or files away; until the connection is closed nobody will."""
    connection.execute(load("locks.share"), {"space": LockSpace.BACKUP, "key": 0})


def release_all(connection: Connection) -> None:
    """Let go of all that the connection holds across its transactions: the server notices late that one was closed."""
    connection.execute(load("locks.release_all"))


def no_backup(connection: Connection) -> bool:
    """Whether no backup is being made; until the end of this transaction none begins."""
    row = connection.execute(load("locks.try_in_transaction"), {"space": LockSpace.BACKUP, "key": 0}).fetchone()
    return row is not None and bool(row[0])
