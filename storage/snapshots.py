"""One moment of the database."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection


@contextmanager
def snapshot(connection: Connection) -> Iterator[Connection]:
    """Whatever is read inside is of one moment: that of the first statement, whatever commits meanwhile.

    The transaction is REPEATABLE READ and read-only; the connection must not be in one already.
    """
    with connection.transaction():
        connection.execute(load("transactions.snapshot"))
        yield connection
