"""A random history of a site in the store, and every metric of it counted from the definitions alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg.sql import SQL, Identifier

from core.dimensions import NUMBERS, OF_SESSIONS, value_of
from core.events import KINDS, Event, Facts, Kind, StoredEvent, TrafficClass
from core.metrics import Totals
from core.sessions import NAMING_COLUMNS, Session, session_id_of
from core.spans import DAY, GAP, HOUR, MINUTE, SECOND, day_of, hour_of
from storage.copying import copy_events, stage_sessions
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    import psycopg

    from aggregations.planner import Span

PATHS: Final = ("/", "/about", "/blog/1", "/blog/2", "/blog/old/3", "/ä")
TYPES: Final = ("page_view", "page_view", "page_view", "custom", "outbound_link", "scroll_50", "close_tab")
NAMES: Final = ("signup", "signup", "buy", "a\tb", "ä")


class Rolled(NamedTuple):
    """A rollup table, its own keys, and what is rolled up here of it; the rest is 0."""

    table: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]


#: Rollups that were added later than others: they can miss days.
LATER: Final = ("roll_event", "roll_dim")
TABLES: Final = (
    Rolled(
        "roll_site", (), ("views", "new", "views_s1", "visits", "landings", "bounces", "quiet_bounces", "duration_ms")
    ),
    Rolled(
        "roll_path", ("path",), ("views", "s1", "d1", "landings", "bounces", "quiet_bounces", "duration_ms", "exits")
    ),
    Rolled("roll_event", ("type", "name"), ("count", "s1", "d1")),
    Rolled("roll_dim", ("dim", "value"), ("visits",)),
)


class History(NamedTuple):
    """All rows of a site."""

    site: int
    events: list[StoredEvent]
    sessions: list[Session]


def event(**given: int | str) -> Event:
    """An event with nothing but what is given."""
    numbers = {"ts", "event_id", "visitor", "prev", "site", "traffic", "status", "engaged_ms"}
    empty = {name: 0 if name in numbers else "" for name in Event._fields}
    return Event(**{**empty, **given})  # type: ignore[arg-type]  # each name has its own type


def make_history(random: Random, *, site: int, first_day: int, days: int, people: int = 8) -> History:
    """Visits of some people and bots on random days, many of them around midnight; some events without a visitor."""
    events: list[StoredEvent] = []
    sessions: list[Session] = []
    for person in range(people):
        traffic = TrafficClass.BOT if person % 4 == 3 else TrafficClass.HUMAN
        moments: set[int] = set()
        for day in range(first_day, first_day + days * DAY, DAY):
            if random.random() < 0.4:
                start = day + random.choice((0, random.randrange(24), 18, 23)) * HOUR + random.randrange(60) * MINUTE
                gaps = random.choices((20 * SECOND, 7 * MINUTE, GAP - 1, GAP, 50 * MINUTE), k=random.randrange(6))
                for gap in (0, *gaps):
                    start += gap
                    moments.add(start)
        rows = [_random_event(random, site, person, traffic, ts) for ts in sorted(moments)]
        made = [_session(chain) for chain in _chains(rows)] if person else []
        sessions += made
        events += _with_facts(rows, made) if person else [StoredEvent(row._replace(visitor=0), 0, 0) for row in rows]
    for _ in range(20):
        flood = _random_event(random, site, 99, TrafficClass.FLOOD, first_day + random.randrange(days * DAY))
        events.append(StoredEvent(flood, 0, 0))
    return History(site, sorted(events, key=lambda row: (row.event.ts, row.event.event_id)), sessions)


def _random_event(random: Random, site: int, person: int, traffic: int, ts: int) -> Event:
    visitor = hash((site, person, int(traffic), day_of(ts))) or 1
    type_ = random.choice(TYPES)
    return event(
        ts=ts,
        event_id=random.getrandbits(53),
        visitor=visitor,
        site=site,
        traffic=int(traffic),
        type=type_,
        name=random.choice(NAMES) if KINDS[type_] is Kind.ACTION else "",
        path=random.choice(PATHS),
    )


def _chains(rows: list[Event]) -> list[list[Event]]:
    chains: list[list[Event]] = []
    for row in rows:
        if chains and row.ts - chains[-1][-1].ts < GAP:
            chains[-1].append(row)
        else:
            chains.append([row])
    return chains


def _session(chain: list[Event]) -> Session:
    views = [row for row in chain if row.type == "page_view"]
    actions = [row for row in chain if KINDS[row.type] is Kind.ACTION]
    first = chain[0]
    return Session(
        site=first.site,
        traffic=first.traffic,
        session_id=session_id_of(first.site, first.traffic, first.visitor, first.ts),
        visitor=first.visitor,
        start=first.ts,
        last=chain[-1].ts,
        events=len(chain),
        views=len(views),
        actions=len(actions),
        visit=bool(views or actions),
        entry_path=views[0].path if views else "",
        exit_path=views[-1].path if views else "",
        engaged_ms=0,
        **_source(first),
    )


def _source(first: Event) -> dict[str, str]:
    """What tells the visit apart: some of it odd, much of it nothing."""
    number = first.event_id
    return dict.fromkeys(NAMING_COLUMNS, "") | {
        "channel": ("Direct", "Social", "Organic Search")[number % 3],
        "referrer_host": ("", "t.co", "ä.example")[number % 3],
        "utm_source": ("", "a\tb", "\\t", "\\")[number % 4],
        "utm_medium": ("", "cpc")[number // 4 % 2],
        "utm_campaign": ("", "launch", "\t")[number // 8 % 3],
        "browser": ("", "Firefox", "Safari")[number // 24 % 3],
        "os": ("", "Linux")[number // 72 % 2],
        "device": ("desktop", "mobile")[number // 144 % 2],
        "screen": ("unknown", "1441+", "")[number // 288 % 3],
    }


def _with_facts(rows: list[Event], sessions: list[Session]) -> Iterable[StoredEvent]:
    seen: set[object] = set()

    def first(*key: object) -> bool:
        known = key in seen
        seen.add(key)
        return not known

    for row in rows:
        session = next(one for one in sessions if one.start <= row.ts <= one.last)
        facts = 0
        if KINDS[row.type] is not Kind.PASSIVE:
            subject = row.path if row.type == "page_view" else (row.type, row.name)
            facts += Facts.NEW * first("new", row.visitor)
            facts += Facts.S1 * first("s1", session.session_id, subject)
            facts += Facts.D1 * first("d1", row.visitor, subject)
        yield StoredEvent(row, session.session_id, facts)


async def write_rows(connection: psycopg.AsyncConnection, history: History) -> None:
    """Put events and sessions into the store. The caller commits."""
    await connection.execute(load("sessions.stage"))
    await copy_events(connection, history.events)
    await stage_sessions(connection, history.sessions)
    await connection.execute(load("sessions.upsert"))


def totals(
    history: History,
    span: Span,
    *,
    bots: bool,
    has: Callable[[str], bool] | None = None,
    grouped: bool = False,
) -> Totals:
    """The totals by definition: site-wide, of the one path that `has` knows, or (`grouped`) of the set of paths."""
    classes = {0, 1} if bots else {0}
    rows = [row for row in history.events if row.event.traffic in classes]
    views = [row for row in rows if row.event.type == "page_view" and (has is None or has(row.event.path))]
    inside = [row for row in views if span.begin <= row.event.ts < span.end]
    sights = views if has else [row for row in rows if KINDS[row.event.type] is not Kind.PASSIVE]
    visitors = {
        (row.event.traffic, row.event.visitor, day_of(row.event.ts))
        for row in sights
        if row.event.visitor and span.begin <= row.event.ts < span.end
    }
    firsts: dict[object, int] = {}
    for row in views:
        if row.session_id:
            firsts.setdefault((row.session_id, row.event.path), row.event.ts)
    unique_views = sum(span.begin <= ts < span.end for ts in firsts.values())
    began = [
        session
        for session in history.sessions
        if session.visit and session.traffic in classes and span.begin <= session.start < span.end
    ]
    entered = [one for one in began if one.views and (has is None or has(one.entry_path))]
    rated = entered if has else began
    visits = len(began)
    if has:
        visits = len({row.session_id for row in inside if row.session_id}) if grouped else unique_views
    return Totals(
        views=len(inside),
        unique_views=unique_views,
        visits=visits,
        visitors=len(visitors),
        rated=len(rated),
        bounces=sum(one.views == 1 for one in rated),
        quiet_bounces=sum(one.views == 1 and not one.actions for one in rated),
        duration_ms=sum(one.last - one.start for one in rated),
        entries=len(entered),
        exits=sum(bool(one.views) and (has is None or has(one.exit_path)) for one in began),
    )


#: Rollup rows by grain, class, span and the table's own keys.
Rows = dict[tuple[int, int, int, tuple[int | str, ...]], Counter[str]]


def roll_hours(history: History) -> tuple[Rows, ...]:
    """Right rows of each of `TABLES` for every hour."""
    by_site: Rows = defaultdict(Counter)
    by_path: Rows = defaultdict(Counter)
    by_event: Rows = defaultdict(Counter)
    by_dim: Rows = defaultdict(Counter)
    for row, _, facts in history.events:
        if row.traffic == TrafficClass.FLOOD:
            continue
        view = row.type == "page_view"
        key = (0, row.traffic, hour_of(row.ts))
        s1, d1 = bool(facts & Facts.S1), bool(facts & Facts.D1)
        by_site[*key, ()].update(views=view, new=bool(facts & Facts.NEW), views_s1=view and s1)
        by_event[*key, (row.type, row.name)].update(count=1, s1=s1, d1=d1)
        if view:
            by_path[*key, (row.path,)].update(views=1, s1=s1, d1=d1)
    for one in history.sessions:
        if not one.visit:
            continue
        key = (0, one.traffic, hour_of(one.start))
        sums = {
            "bounces": one.views == 1,
            "quiet_bounces": one.views == 1 and not one.actions,
            "duration_ms": one.last - one.start,
            "landings": bool(one.views),
        }
        by_site[*key, ()].update(visits=1, **sums)
        for dimension, columns in OF_SESSIONS.items():
            value = value_of([getattr(one, column) for column in columns])
            by_dim[*key, (NUMBERS[dimension], value)].update(visits=1)
        if one.views:
            by_path[*key, (one.entry_path,)].update(**sums)
            by_path[*key, (one.exit_path,)].update(exits=1)
    return by_site, by_path, by_event, by_dim


def write_rollups(
    connection: psycopg.Connection, random: Random, history: History, *, first_day: int, days: int
) -> None:
    """Roll up some days, leave marks on others with rows that are wrong, and sum some months. The caller commits.

    Some days are missed by the rollups that were added later.
    """
    touched = {hour_of(row.event.ts) for row in history.events} | {hour_of(one.start) for one in history.sessions}
    every_day = range(first_day, first_day + days * DAY, DAY)
    marked: set[int] = set()
    for day in every_day:
        within = sorted(hour for hour in touched if day_of(hour) == day)
        marked.update(random.sample(within, k=random.choice((0, 0, 0, 0, 0, 0, 0, min(2, len(within)), len(within)))))
    missed = {day for day in every_day if random.random() < 0.08}
    throughs = {}
    for month, following in pairwise([*(day for day in every_day if instant(day).day == 1), first_day + days * DAY]):
        if random.random() < 0.8:
            throughs[month] = random.choice((following - DAY, following - random.randrange(1, 12) * DAY))
    for rolled, hours in zip(TABLES, roll_hours(history), strict=True):
        for key in [key for key in hours if key[2] in marked]:
            hours[key] = Counter({rolled.columns[0]: 1_000_003})
        for key in [key for key in hours if rolled.table in LATER and day_of(key[2]) in missed]:
            del hours[key]
        in_days = _sum(hours, 1, day_of)
        in_months = _sum(
            {key: sums for key, sums in in_days.items() if key[2] <= throughs.get(month_of(key[2]), -1)}, 2, month_of
        )
        _insert(connection, history.site, rolled, hours | in_days | in_months)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO roll_months (site, month, through) VALUES (%s, %s, %s)",
            [(history.site, instant(month), instant(through)) for month, through in throughs.items()],
        )
        cursor.executemany(
            "INSERT INTO rollup_gaps (site, day) VALUES (%s, %s)", [(history.site, instant(day)) for day in missed]
        )
        cursor.executemany(
            "INSERT INTO marks (site, hour, partition, version) VALUES (%s, %s, %s, nextval('mark_versions'))",
            [(history.site, instant(hour), partition) for hour in marked for partition in (0, 3)],
        )


def month_of(ms: int) -> int:
    """Start of the UTC month."""
    return int(datetime.fromtimestamp(day_of(ms) / 1_000, UTC).replace(day=1).timestamp()) * 1_000


def _sum(rows: Rows, grain: int, span_of: Callable[[int], int]) -> Rows:
    sums: defaultdict[tuple[int, int, int, tuple[int | str, ...]], Counter[str]] = defaultdict(Counter)
    for (_, traffic, span, keys), counted in rows.items():
        sums[grain, traffic, span_of(span), keys].update(counted)
    return sums


def _insert(connection: psycopg.Connection, site: int, rolled: Rolled, rows: Rows) -> None:
    table, keys, columns = rolled
    known = ["site", "grain", "class", "span", *keys, *columns]
    others = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND NOT column_name = ANY (%s)",
        (table, known),
    ).fetchall()
    names = [*known, *(name for (name,) in others)]
    statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), SQL(", ").join(map(Identifier, names)))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for (grain, traffic, span, of_row), counted in rows.items():
            sums = (int(counted[name]) for name in columns)
            copy.write_row((site, grain, traffic, instant(span), *of_row, *sums, *([0] * len(others))))
