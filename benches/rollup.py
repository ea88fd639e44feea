"""Rolling up one day of a million events: our Polars frames against the same rollups in DuckDB's SQL."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import duckdb
import polars as pl

from aggregations.frames import DAY_EVENTS, DAY_SESSIONS
from aggregations.rollups import ROLLUPS
from aggregations.rollups.rollup import day_frames, roll
from core.dimensions import HIT_COLUMNS, NUMBERS, OF_HITS, OF_SESSIONS
from core.events import EventType
from core.sessions import NAMING_COLUMNS
from core.spans import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.dimensions import Dimension

EVENTS: Final = 1_000_000
PER_SESSION: Final = 5
PATHS: Final = 5_000
#: Of a dozen there are of most columns; of these, more. A city lies in one region and a region in one country.
TEXTS: Final = {"referrer_host": 2_000, "utm_campaign": 120, "country": 125, "region": 500, "city": 1_000}
ROUNDS: Final = 5
DAY_START: Final = 20_000 * DAY

_SITE: Final = """
WITH v AS (SELECT *, start - start % 3600000 AS hour FROM sessions WHERE visit),
e AS (SELECT *, ts - ts % 3600000 AS hour, type = 'page_view' AS is_view FROM events),
j AS (SELECT class, visitor, count(*) AS views FROM e WHERE is_view AND visitor <> 0 GROUP BY ALL),
of_events AS (
    SELECT grouping(hour) AS grain, class, coalesce(hour, getvariable('day')) AS span, count(*) AS events,
        count(*) FILTER (is_view) AS views, count(*) FILTER (new) AS new, count(*) FILTER (is_view AND s1) AS views_s1,
        count(*) FILTER (is_view AND d1) AS views_d1, sum(engaged_ms) AS engaged_ms
    FROM e GROUP BY GROUPING SETS ((class, hour), (class))
),
of_visits AS (
    SELECT grouping(hour) AS grain, class, coalesce(hour, getvariable('day')) AS span, count(*) AS visits,
        count(*) FILTER (views >= 1) AS landings, count(*) FILTER (views = 1) AS bounces,
        count(*) FILTER (views = 1 AND actions = 0) AS quiet_bounces, sum(last - start) AS duration_ms
    FROM v GROUP BY GROUPING SETS ((class, hour), (class))
),
of_journeys AS (
    SELECT 1 AS grain, class, getvariable('day') AS span, count(*) AS journeys,
        count(*) FILTER (views = 1) AS single_journeys
    FROM j GROUP BY class
)
SELECT * FROM of_events FULL JOIN of_visits USING (grain, class, span) FULL JOIN of_journeys USING (grain, class, span)
"""
_PATH: Final = """
WITH v AS (SELECT *, start - start % 3600000 AS hour FROM sessions WHERE visit AND views >= 1),
e AS (SELECT *, ts - ts % 3600000 AS hour, type = 'page_view' AS is_view FROM events),
j AS (
    SELECT class, visitor, arg_min(path, (ts, event_id)) AS entry_path, arg_max(path, (ts, event_id)) AS exit_path
    FROM e WHERE is_view AND visitor <> 0 GROUP BY ALL
),
of_events AS (
    SELECT grouping(hour) AS grain, class, coalesce(hour, getvariable('day')) AS span, path,
        count(*) FILTER (is_view) AS views, count(*) FILTER (is_view AND s1) AS s1,
        count(*) FILTER (is_view AND d1) AS d1, sum(engaged_ms) AS engaged_ms,
        count(*) FILTER (type = 'scroll_25') AS scroll_25, count(*) FILTER (type = 'scroll_50') AS scroll_50,
        count(*) FILTER (type = 'scroll_75') AS scroll_75
    FROM e WHERE path <> '' GROUP BY GROUPING SETS ((class, path, hour), (class, path))
),
of_entries AS (
    SELECT grouping(hour) AS grain, class, coalesce(hour, getvariable('day')) AS span, entry_path AS path,
        count(*) AS landings, count(*) FILTER (views = 1) AS bounces,
        count(*) FILTER (views = 1 AND actions = 0) AS quiet_bounces, sum(last - start) AS duration_ms
    FROM v GROUP BY GROUPING SETS ((class, entry_path, hour), (class, entry_path))
),
of_exits AS (
    SELECT grouping(hour) AS grain, class, coalesce(hour, getvariable('day')) AS span, exit_path AS path,
        count(*) AS exits
    FROM v GROUP BY GROUPING SETS ((class, exit_path, hour), (class, exit_path))
),
in_journeys AS (
    SELECT 1 AS grain, class, getvariable('day') AS span, entry_path AS path,
        count(*) AS journey_entries FROM j GROUP BY ALL
),
out_journeys AS (
    SELECT 1 AS grain, class, getvariable('day') AS span, exit_path AS path,
        count(*) AS journey_exits FROM j GROUP BY ALL
)
SELECT * FROM of_events
FULL JOIN of_entries USING (grain, class, span, path) FULL JOIN of_exits USING (grain, class, span, path)
FULL JOIN in_journeys USING (grain, class, span, path) FULL JOIN out_journeys USING (grain, class, span, path)
"""
_EVENT: Final = """
SELECT grouping(hour) AS grain, class, coalesce(hour, getvariable('day')) AS span, type, name, count(*) AS count,
    count(*) FILTER (s1) AS s1, count(*) FILTER (d1) AS d1
FROM (SELECT *, ts - ts % 3600000 AS hour FROM events)
GROUP BY GROUPING SETS ((class, type, name, hour), (class, type, name))
"""
#: The sums of sessions: where they began, and where they went on.
_DIMS: Final = """
WITH v AS (SELECT * FROM sessions WHERE visit),
f AS (
    SELECT start - start % 3600000 AS hour, v.* REPLACE (0 AS views), 1 AS visits, (views = 1)::INT AS bounces,
        (views = 1 AND actions = 0)::INT AS quiet_bounces, last - start AS duration_ms, 0 AS new
    FROM v
    UNION ALL BY NAME
    SELECT e.hour, v.* REPLACE (e.views AS views), 0 AS visits, 0 AS bounces, 0 AS quiet_bounces, 0 AS duration_ms,
        e.new
    FROM sessions AS v
    JOIN (
        SELECT session_id, ts - ts % 3600000 AS hour, count(*) FILTER (type = 'page_view') AS views,
            count(*) FILTER (new) AS new
        FROM events WHERE new OR type = 'page_view' GROUP BY ALL
    ) AS e USING (session_id)
),
h AS (SELECT *, ts - ts % 3600000 AS hour, 1 AS hits FROM events WHERE type = 'page_view')
"""
_SESSION_SUMS: Final = (
    "sum(visits) AS visits, sum(bounces) AS bounces, sum(quiet_bounces) AS quiet_bounces,"
    " sum(duration_ms) AS duration_ms, sum(new) AS new, sum(views) AS views"
)
_HIT_SUMS: Final = "sum(hits) AS hits"


def _dim(rows: str, sums: str, dimension: Dimension, columns: Sequence[str]) -> str:
    value = f"concat_ws(chr(9), {', '.join(columns)})" if len(columns) > 1 else columns[0]
    by = ", ".join(("class", *columns))
    return (
        f"SELECT grouping(hour) AS grain, class, coalesce(hour, getvariable('day')) AS span,"  # noqa: S608 - our own names
        f" {NUMBERS[dimension]} AS dim, {value} AS value, {sums} FROM {rows}"
        f" GROUP BY GROUPING SETS ((hour, {by}), ({by}))"
    )


_STATEMENTS: Final = {
    "roll_site": _SITE,
    "roll_path": _PATH,
    "roll_event": _EVENT,
    "roll_dim": _DIMS
    + "FROM ("
    + " UNION ALL BY NAME ".join(
        [
            *(_dim("f", _SESSION_SUMS, *of) for of in OF_SESSIONS.items()),
            *(_dim("h", _HIT_SUMS, *of) for of in OF_HITS.items()),
        ]
    )
    + ") SELECT grain, class, span, dim, value, sum(COLUMNS(* EXCLUDE (grain, class, span, dim, value))) GROUP BY ALL",
}


def run() -> None:
    """Print events per second of both, the ratio, and how far the ratio is from the promise of 1.5."""
    events, sessions = _day()
    database = duckdb.connect()
    database.execute("SET VARIABLE day = ?::BIGINT", [DAY_START])
    database.register("events", events.to_arrow())
    database.register("sessions", sessions.to_arrow())

    def in_polars() -> dict[str, pl.DataFrame]:
        frames = day_frames(events, sessions, day=DAY_START)
        rows = pl.collect_all([roll(rollup, frames, day=DAY_START) for rollup in ROLLUPS])
        return {rollup.table.name: frame for rollup, frame in zip(ROLLUPS, rows, strict=True)}

    def in_duckdb() -> dict[str, pl.DataFrame]:
        return {name: database.sql(statement).pl() for name, statement in _STATEMENTS.items()}

    ours, theirs = in_polars(), in_duckdb()
    for rollup in ROLLUPS:
        if not _sums(ours[rollup.table.name]).equals(
            _sums(theirs[rollup.table.name].select(ours[rollup.table.name].columns))
        ):
            raise AssertionError(f"{rollup.table.name} differs between Polars and DuckDB")
    polars_seconds, duckdb_seconds = zip(
        *((_seconds(in_polars), _seconds(in_duckdb)) for _ in range(ROUNDS)), strict=True
    )
    ratio = min(duckdb_seconds) / min(polars_seconds)
    rows = sum(frame.height for frame in ours.values())
    print(f"{EVENTS:,} events, {sessions.height:,} sessions, {rows:,} rows, the best of {ROUNDS} rounds in turn")
    print(f"Polars  {EVENTS / min(polars_seconds):>12,.0f} events/s")
    print(f"DuckDB  {EVENTS / min(duckdb_seconds):>12,.0f} events/s")
    print(f"ratio   {ratio:>12.2f} (promised: at least 1.50)")


def _day() -> tuple[pl.DataFrame, pl.DataFrame]:
    """A closed day: sessions of five events on 5,000 paths of unequal weight, one event in ten passive."""
    row = pl.int_range(EVENTS, dtype=pl.Int64)
    session = row // PER_SESSION
    noise = row.hash(7)
    # The square of an even draw: a tenth of the paths gets a third of the views.
    path = ((noise % 1_000_003) / 1_000_003) ** 2 * PATHS
    kind = noise % 20
    events = (
        pl.select(
            (session.hash(1) % 10 == 0).cast(pl.Int8).alias("class"),
            ts=DAY_START + session * (DAY - 2 * HOUR) // (EVENTS // PER_SESSION) + row % PER_SESSION * 40_000,
            event_id=row,
            session_id=session + 1,
            visitor=(session // 2).hash(3).reinterpret(signed=True),
            engaged_ms=noise.cast(pl.Int64, strict=False).fill_null(0) % 30_000,
            new=row % (2 * PER_SESSION) == 0,
            s1=kind < 14,
            d1=kind < 11,
            type=pl.when(kind == 0)
            .then(pl.lit(EventType.SCROLL_50.value))
            .when(kind == 1)
            .then(pl.lit(EventType.CUSTOM.value))
            .otherwise(pl.lit(EventType.PAGE_VIEW.value)),
            name=pl.when(kind == 1).then(pl.lit("signup")).otherwise(pl.lit("")),
            path=pl.format("/articles/{}/a-page-of-some-length", path.cast(pl.Int64)),
        )
        .with_columns(**_texts(pl.col("session_id") - 1, HIT_COLUMNS))
        .select(*DAY_EVENTS)
        .cast(DAY_EVENTS)
    )
    is_view = pl.col("type") == EventType.PAGE_VIEW.value
    sessions = (
        events.group_by(pl.col("event_id") // PER_SESSION)
        .agg(
            pl.col("class").first(),
            start=pl.col("ts").min(),
            last=pl.col("ts").max(),
            views=is_view.sum(),
            actions=(pl.col("type") == EventType.CUSTOM.value).sum(),
            visit=pl.lit(value=True),
            entry_path=pl.col("path").filter(is_view).first().fill_null(""),
            exit_path=pl.col("path").filter(is_view).last().fill_null(""),
            session_id=pl.col("session_id").first(),
        )
        .with_columns(**_texts(pl.col("session_id") - 1, NAMING_COLUMNS))
        .select(*DAY_SESSIONS)
        .cast(DAY_SESSIONS)
    )
    return events.sort("ts", "event_id"), sessions


def _texts(session: pl.Expr, columns: Sequence[str]) -> dict[str, pl.Expr]:
    """Each column with as many texts as sites have of it."""
    return {column: pl.format("{}-{}", pl.lit(column), session.hash(5) % TEXTS.get(column, 12)) for column in columns}


def _sums(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in one order, all numbers Int64, missing ones 0, without rows that are 0 throughout."""
    keys = [
        column
        for column in ("grain", "class", "span", "type", "name", "path", "dim", "value")
        if column in frame.columns
    ]
    sums = [column for column in frame.columns if column not in keys]
    whole = frame.with_columns(pl.col(*sums, "grain", "class", "span").cast(pl.Int64)).fill_null(0)
    return whole.filter(pl.any_horizontal(pl.col(sums) != 0)).sort(keys)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
