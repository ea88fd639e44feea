"""What the owners of partitions see in their realtime windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from psycopg import Connection


def forget(connection: Connection, *, before: int) -> int:
    """Forget the parts that nobody has written since `before` (ms); return how many."""
    return connection.execute(load("realtime_parts.forget"), {"before": instant(before)}).rowcount
