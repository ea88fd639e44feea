"""Taking accounts and users away without locking everybody out."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.errors import InvalidInput
from storage import keys
from storage.locks import wait_for_admins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection
    from psycopg_pool import ConnectionPool


@contextmanager
def keeping_an_admin(pool: ConnectionPool) -> Iterator[Connection]:
    """A transaction that is committed only if somebody can still do everything.

    Raises:
        InvalidInput: no admin would be left; nothing was deleted.
    """
    with pool.connection() as connection:
        wait_for_admins(connection)
        yield connection
        if not keys.admin_exists(connection):
            raise InvalidInput(
                "this would take the last admin with a key away: make another admin first, in an account that stays"
            )
