"""What an event's visit says of it, put beside the event's own columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from storage.archive.schema import VISIT, VISIT_COLUMNS, VISIT_START

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALL: Final = (VISIT_START, *VISIT_COLUMNS)


def with_visits(events: pl.DataFrame, sessions: pl.DataFrame, columns: Sequence[str] = _ALL) -> pl.DataFrame:
    """Add columns of the events' sessions to them, 0 and '' where there is none; the order may change.

    Args:
        events: with `session_id`, without the columns.
        sessions: all that the events are in, and any others, with `session_id` and what the columns are of.
        columns: `visit_start` and some of `VISIT_COLUMNS`.
    """
    named = sessions.select("session_id", *(pl.col(column.removeprefix(VISIT)).alias(column) for column in columns))
    absent = [pl.col(column).fill_null(0 if column == VISIT_START else "") for column in columns]
    return events.join(named.unique("session_id", keep="any"), on="session_id", how="left").with_columns(absent)
