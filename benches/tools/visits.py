"""A year of made-up visits, as the archive's frames hold them: a few countries and channels, many pages."""

from __future__ import annotations

from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from core.ids import EPOCH
from core.sessions import NAMING_COLUMNS
from core.spans import DAY, SECOND
from storage.archive.schema import EVENTS, SESSIONS, VISIT, VISIT_START

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST: Final = 20_089 * DAY  # 1 January 2025
_DAYS: Final = 365
_EVENTS_PER_VISIT: Final = 2.63
_ACTIONS: Final = 0.05
#: Half of the longest time on a page, ms; ids of a ms, as collectors mint them.
_PAUSE: Final = 37 * SECOND
_IDS: Final = 1 << 12
_COUNTRIES: Final = ("US", "DE", "FR", "GB", *(f"X{number}" for number in range(204)))
_PLACES: Final = [(_COUNTRIES[city % len(_COUNTRIES)], f"R{city % 400}", f"City {city}") for city in range(1_000)]
_PATHS: Final = ("/", "/pricing", "/signup", *(f"/blog/{number}/a-page-of-some-length" for number in range(4_997)))
_PROPERTIES: Final = ('{"plan": "pro", "amount": 12}', '{"plan": "free"}', '{"label": "x"}')
_VALUES: Final[dict[str, Sequence[str]]] = {
    "channel": ("Direct", "Organic Search", "Referral", "Social", "Paid Search", "Email", "AI Assistant"),
    "referrer_host": ("", *(f"host-{number}.example" for number in range(2_000))),
    **{f"utm_{name}": ("", "", "", "a", "b") for name in ("source", "medium", "campaign", "content", "term")},
    "hostname": ("www.example.com",),
    "browser": ("Chrome", "Safari", "Firefox", "Edge"),
    "browser_version": tuple(map(str, range(110, 140))),
    "os": ("Windows", "iOS", "Android", "macOS", "Linux"),
    "os_version": ("10", "11", "12"),
    "device": ("mobile", "desktop", "tablet"),
    "screen": ("376-768", "1441+", "1025-1440", "320-375", "769-1024"),
}


def year(events: int, *, days: int = _DAYS, first: int = FIRST, seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return events (about so many) and sessions of a year, sorted as in files, values and pages of unequal weight.

    Or of so many `days` from the `first` on, ms.
    """
    random = Random(seed)  # noqa: S311 - made-up visits, no secret
    visits = _visits(random, int(events / _EVENTS_PER_VISIT), first, days)
    rows = _events(random, visits)
    seen = rows.group_by("session_id", maintain_order=True).agg(
        last=pl.col("ts").max(),
        events=pl.len(),
        views=(pl.col("type") == "page_view").sum(),
        entry_path=pl.col("path").filter(pl.col("type") == "page_view").first(),
        exit_path=pl.col("path").filter(pl.col("type") == "page_view").last(),
    )
    sessions = visits.join(seen, on="session_id", maintain_order="left").with_columns(
        actions=pl.col("events") - pl.col("views"), visit=pl.lit(True)
    )
    return _shaped(rows, EVENTS), _shaped(sessions, SESSIONS)


def _visits(random: Random, count: int, first: int, days: int) -> pl.DataFrame:
    visitors: list[int] = []
    for _ in range(count):
        visitors.append(visitors[-1] if visitors and random.random() < 0.2 else random.getrandbits(62) + 1)
    places = _chosen(random, _PLACES, count)
    columns: dict[str, Any] = {name: _chosen(random, values, count) for name, values in _VALUES.items()}
    columns |= dict(zip(("country", "region", "city"), zip(*places, strict=True), strict=True))
    return pl.DataFrame(
        {
            "start": sorted(first + random.randrange(days * DAY) for _ in range(count)),
            "session_id": [random.getrandbits(62) + 1 for _ in range(count)],
            "visitor": visitors,
            "length": [1 + int(random.expovariate(1 / (_EVENTS_PER_VISIT - 0.5))) for _ in range(count)],
            **columns,
        }
    ).sort("start", "session_id")


def _events(random: Random, visits: pl.DataFrame) -> pl.DataFrame:
    rows = visits.rename({column: f"{VISIT}{column}" for column in NAMING_COLUMNS}).select(
        pl.exclude("length").repeat_by("length").explode()
    )
    place = rows.select(place=pl.int_range(pl.len()).over("session_id"))["place"]
    action = [here > 0 and random.random() < _ACTIONS for here in place]
    names = _chosen(random, ("signup", "buy", "play"), rows.height)
    given = _chosen(random, _PROPERTIES, rows.height)
    is_action, is_first = pl.col("action"), pl.col("place") == 0
    return (
        rows.with_columns(
            pl.Series("action", action),
            place=place,
            path=pl.Series(_chosen(random, _PATHS, rows.height)),
            name=pl.Series(names),
            properties=pl.Series(given),
            noise=pl.int_range(pl.len(), dtype=pl.UInt64).hash(seed=1),
        )
        .with_columns(
            ts=pl.col("start")
            + pl.when(is_first).then(0).otherwise(pl.col("place") * _PAUSE + pl.col("noise") % _PAUSE),
            type=pl.when(is_action).then(pl.lit("custom")).otherwise(pl.lit("page_view")),
            name=pl.when(is_action).then("name").otherwise(pl.lit("")),
            properties=pl.when(is_action).then("properties").otherwise(pl.lit("")),
            **{column: pl.col(f"{VISIT}{column}") for column in NAMING_COLUMNS},
        )
        .with_columns(
            event_id=(pl.col("ts") - EPOCH) * _IDS + (pl.col("noise") % (_IDS // 2)).cast(pl.Int64),
            s1=pl.struct("session_id", "type", "name", "path").is_first_distinct(),
            new=pl.col("visitor").is_first_distinct(),
            d1=pl.struct("visitor", "type", "name", "path").is_first_distinct(),
        )
        .rename({"start": VISIT_START})
    )


def _chosen(random: Random, values: Sequence[Any], count: int) -> list[Any]:
    """Some values, the n-th with a weight of 1/n."""
    weights = list(accumulate(1 / place for place in range(1, len(values) + 1)))
    return random.choices(values, cum_weights=weights, k=count)


def _shaped(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """All columns of the schema in its order, those without a value as none."""
    none = {pl.String: "", pl.Boolean: False}
    absent = {name: pl.lit(none.get(kind.base_type(), 1 if name == "site" else 0)) for name, kind in schema.items()}
    missing = {name: value for name, value in absent.items() if name not in frame.columns}
    return frame.with_columns(**missing).select(*schema).cast(schema)
