"""The tricky cases of counting as one table, run against every implementation of sessions and facts.

Events are written as text, in the order they arrive: a time, what happened, and what is special about it. Times are
`+30:00` (minutes after ten o'clock), `23:55` (of the first day) or `1d00:05` (of the day after). `/a` is a view, `!buy`
an action, `>host` an outbound link, `~close_tab` a passive event. Everybody is person 1, human, on site 1 and Direct,
unless `person=`, `class=`, `site=` or `channel=` say otherwise; person 0 is nobody; `prev=no` is an event whose
collector could not have yesterday's salt.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple

from core.events import Event, TrafficClass
from core.spans import DAY, FLOOD_LIMIT, HOUR, LINK_UNTIL, MINUTE, SECOND, day_of

FIRST_DAY: Final = day_of(1_790_000_000_000)
CLASSES: Final = {"human": TrafficClass.HUMAN, "bot": TrafficClass.BOT, "flood": TrafficClass.FLOOD}
_IDS_SINCE: Final = 1_735_689_600_000


def visitor_of(site: int, person: int, ts: int) -> int:
    """The person's hash on the UTC day of `ts`; 0 for nobody."""
    digest = blake2b(b"%d|%d|%d" % (site, person, day_of(ts)), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) if person else 0


def event_at(
    ts: int,
    number: int,
    *,
    site: int = 1,
    person: int = 1,
    traffic: int = TrafficClass.HUMAN,
    event_type: str = "page_view",
    name: str = "",
    path: str = "/a",
    channel: str = "Direct",
    prev: bool = True,
    engaged_ms: int = 0,
) -> Event:
    """An event as a collector would make it; `number` tells events with one time stamp apart, in their order."""
    carries = prev and ts % DAY < LINK_UNTIL
    return Event(
        ts=ts,
        event_id=(ts - _IDS_SINCE) * 4096 + number,
        visitor=visitor_of(site, person, ts),
        prev=visitor_of(site, person, ts - DAY) if carries else 0,
        site=site,
        traffic=int(traffic),
        type=event_type,
        name=name,
        path=path,
        query="?utm_source=news",
        referrer=f"{channel}.example/page",
        referrer_host=f"{channel}.example",
        channel=channel,
        utm_source="",
        utm_medium="",
        utm_campaign="",
        utm_content="",
        utm_term="",
        hostname="example.org",
        country="DE",
        region="Hesse",
        city="Kassel",
        browser="Firefox",
        browser_version="130",
        os="Linux",
        os_version="",
        device="desktop",
        screen="1441+",
        status=200,
        engaged_ms=engaged_ms,
        ip="",
        properties="",
    )


def time_of(text: str) -> int:
    """Milliseconds since 1970 of a time as the table writes it."""
    if text.startswith("+"):
        minutes, _, seconds = text[1:].partition(":")
        return FIRST_DAY + 10 * HOUR + int(minutes) * MINUTE + round(float(seconds) * SECOND)
    days, _, clock = text.rpartition("d")
    hours, minutes, seconds = [*clock.split(":"), "0"][:3]
    of_day = int(hours) * HOUR + int(minutes) * MINUTE + round(float(seconds) * SECOND)
    return FIRST_DAY + int(days or 0) * DAY + of_day


def events_of(text: str) -> tuple[Event, ...]:
    """The events that the text describes, in the order they arrive."""
    return tuple(_event_of(item, number) for number, item in enumerate(text.split(", ")))


def _event_of(item: str, number: int) -> Event:
    time, what, *special = item.split()
    given = dict(pair.split("=") for pair in special)
    sign, rest = what[0], what[1:]
    event_type = {"/": "page_view", "!": "custom", ">": "outbound_link", "~": rest}[sign]
    return event_at(
        time_of(time),
        number,
        site=int(given.get("site", 1)),
        person=int(given.get("person", 1)),
        traffic=CLASSES[given.get("class", "human")],
        event_type=event_type,
        name=rest if sign in "!>" else "",
        path=what if sign == "/" else "/somewhere",
        channel=given.get("channel", "Direct"),
        prev=given.get("prev") != "no",
        engaged_ms=int(given.get("engaged", 0)),
    )


def every(minutes: int, first: str, last: str) -> str:
    """A view of /a every so many minutes, written as the table writes events."""
    times = range(time_of(first), time_of(last) + 1, minutes * MINUTE)
    return ", ".join(
        f"{(ts - FIRST_DAY) // DAY}d{ts % DAY // HOUR:02}:{ts % HOUR // MINUTE:02}:{ts % MINUTE // SECOND:02} /a"
        for ts in times
    )


class ExpectedSession(NamedTuple):
    """A session as the table expects it."""

    site: int
    traffic: int
    start: int
    last: int
    visit: bool
    entry_path: str
    exit_path: str
    channel: str


def session_of(text: str) -> ExpectedSession:
    """A session written as start, end, entry, exit (`-`: none) and what is special about it; `~` is no visit."""
    start, last, entry, leave, *special = text.split()
    given = dict(pair.split("=") for pair in special)
    visit = not start.startswith("~")
    return ExpectedSession(
        site=int(given.get("site", 1)),
        traffic=int(CLASSES[given.get("class", "human")]),
        start=time_of(start.removeprefix("~")),
        last=time_of(last),
        visit=visit,
        entry_path="" if entry == "-" else entry,
        exit_path="" if leave == "-" else leave,
        channel=given.get("channel", "Direct") if visit else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: what arrives and what must be counted, of both classes together.

    `facts` are those of the distinct events in their order, N, S and D for the three bits, `-` for none; `visitors` is
    the sum over days; `quiet` are the quiet bounces, where they are not all bounces.
    """

    name: str
    rule: str
    events: tuple[Event, ...]
    sessions: tuple[ExpectedSession, ...]
    facts: tuple[str, ...]
    visits: int
    bounces: int
    visitors: int
    quiet: int
    flood_limit: int = FLOOD_LIMIT
    large: bool = False

    @property
    def stored(self) -> tuple[Event, ...]:
        """The events as the store holds them when they arrived one by one: each id once, floods recorded as such."""
        rows: dict[tuple[int, int, int], Event] = {}
        counted: dict[tuple[int, int, int], int] = {}
        for event in self.events:
            row = (event.site, event.visitor, event.event_id)
            visitor_day = (event.site, event.traffic, event.visitor)
            if row in rows:
                continue
            counted[visitor_day] = counted.get(visitor_day, 0) + 1
            flood = event.visitor and counted[visitor_day] > self.flood_limit
            rows[row] = event._replace(traffic=int(TrafficClass.FLOOD)) if flood else event
        return tuple(rows.values())


def case(
    name: str,
    rule: str,
    given: str | tuple[Event, ...],
    *sessions: str,
    facts: str,
    counts: tuple[int, int, int],
    quiet: int | None = None,
    flood_limit: int = FLOOD_LIMIT,
    large: bool = False,
) -> Case:
    """One row of the table; `counts` are visits, bounces and visitors."""
    visits, bounces, visitors = counts
    return Case(
        name=name,
        rule=rule,
        events=given if isinstance(given, tuple) else events_of(given),
        sessions=tuple(map(session_of, sessions)),
        facts=tuple("" if fact == "-" else fact for fact in facts.split()),
        visits=visits,
        bounces=bounces,
        visitors=visitors,
        quiet=bounces if quiet is None else quiet,
        flood_limit=flood_limit,
        large=large,
    )


def _again(text: str) -> tuple[Event, ...]:
    """The events of the text, and then the first of them once more."""
    events = events_of(text)
    return (*events, events[0])


def _facts_at(count: int, **at: str) -> str:
    """Facts of `count` events that have none but at the given places (`_29="ND"`)."""
    facts = ["-"] * count
    for place, fact in at.items():
        facts[int(place[1:])] = fact
    return " ".join(facts)


_TEN_THOUSAND: Final = ", ".join(f"+{number // 60}:{number % 60:02} /{number}" for number in range(10_000))

CASES: Final = (
    case(
        "1 gap of exactly thirty minutes",
        "a gap of less than 30:00.000 joins, an equal one does not",
        "+0:00 /a, +30:00 /b",
        "+0:00 +0:00 /a /a",
        "+30:00 +30:00 /b /b",
        facts="NSD SD",
        counts=(2, 2, 1),
    ),
    case(
        "2 gap of a millisecond less",
        "a gap of less than 30:00.000 joins",
        "+0:00 /a, +29:59.999 /b",
        "+0:00 +29:59.999 /a /b",
        facts="NSD SD",
        counts=(1, 0, 1),
    ),
    case(
        "3 one page twice",
        "a bounce has one view; a unique view is the first of its path",
        "+0:00 /a, +0:10 /a",
        "+0:00 +0:10 /a /a",
        facts="NSD -",
        counts=(1, 0, 1),
    ),
    case(
        "4 back to the first page",
        "the exit is the last view",
        "+0:00 /a, +0:30 /b, +1:00 /a",
        "+0:00 +1:00 /a /a",
        facts="NSD SD -",
        counts=(1, 0, 1),
    ),
    case(
        "5 same page in two visits",
        "S1 is per session, D1 per day",
        "+0:00 /a, +40:00 /a",
        "+0:00 +0:00 /a /a",
        "+40:00 +40:00 /a /a",
        facts="NSD S",
        counts=(2, 2, 1),
    ),
    case(
        "6 first event late",
        "a session extended backward is named by its new first view, and by its new start",
        "+10:00 /b, +0:00 /a channel=Organic",
        "+0:00 +10:00 /a /b channel=Organic",
        facts="NSD SD",
        counts=(1, 0, 1),
    ),
    case(
        "7 late event between two visits",
        "the later session is absorbed",
        "+0:00 /a, +40:00 /a, +20:00 /c",
        "+0:00 +40:00 /a /a",
        facts="NSD SD -",
        counts=(1, 0, 1),
    ),
    case(
        "8 late event with a subject seen later",
        "order is by time stamp, not by arrival",
        "+0:00 /a, +10:00 /b, +5:00 /b",
        "+0:00 +10:00 /a /b",
        facts="NSD SD -",
        counts=(1, 0, 1),
    ),
    case(
        "9 late by five hours",
        "the slow path loads the day",
        "+0:00 /a, +40:00 /a, +300:00 /b, +20:00 /c",
        "+0:00 +40:00 /a /a",
        "+300:00 +300:00 /b /b",
        facts="NSD SD - SD",
        counts=(2, 1, 1),
    ),
    case(
        "10 one id twice in a row",
        "an id counts once",
        _again("+0:00 /a"),
        "+0:00 +0:00 /a /a",
        facts="NSD",
        counts=(1, 1, 1),
    ),
    case(
        "11 one id again hours later",
        "an id counts once, whenever it comes again",
        _again("+0:00 /a, +300:00 /b"),
        "+0:00 +0:00 /a /a",
        "+300:00 +300:00 /b /b",
        facts="NSD SD",
        counts=(2, 2, 1),
    ),
    case(
        "14 one person on two sites",
        "sites share nothing",
        "+0:00 /a, +1:00 /a site=2",
        "+0:00 +0:00 /a /a",
        "+1:00 +1:00 /a /a site=2",
        facts="NSD NSD",
        counts=(2, 2, 2),
    ),
    case(
        "15 two visitors at once",
        "another address or browser is another visitor",
        "+0:00 /a, +5:00 /a person=2, +6:00 /b",
        "+0:00 +6:00 /a /b",
        "+5:00 +5:00 /a /a",
        facts="NSD NSD SD",
        counts=(2, 1, 2),
    ),
    case(
        "16 over midnight",
        "one visit of the first day, a visitor of each; S1 looks at the session, D1 at the day",
        "23:55 /a, 1d00:05 /a",
        "23:55 1d00:05 /a /a",
        facts="NSD ND",
        counts=(1, 0, 2),
    ),
    case(
        "17 over midnight after thirty minutes",
        "a gap of 30:00 cuts at midnight too",
        "23:55 /a, 1d00:25 /b",
        "23:55 23:55 /a /a",
        "1d00:25 1d00:25 /b /b",
        facts="NSD NSD",
        counts=(2, 2, 2),
    ),
    case(
        "18 on into the morning",
        "no hash of the day before is needed after 00:30",
        "23:50 /a, 1d00:10 /b, 1d00:35 /c, 1d02:00 /d",
        "23:50 1d00:35 /a /c",
        "1d02:00 1d02:00 /d /d",
        facts="NSD NSD SD SD",
        counts=(2, 1, 2),
    ),
    case(
        "19 the link comes late",
        "the late event's hash of the day before joins",
        "23:55 /a, 1d00:34 /b, 1d00:10 /a",
        "23:55 1d00:34 /a /b",
        facts="NSD ND SD",
        counts=(1, 0, 2),
    ),
    case(
        "20 without yesterday's salt",
        "without the hash of the day before there is no join",
        "23:55 /a, 1d00:05 /a prev=no",
        "23:55 23:55 /a /a",
        "1d00:05 1d00:05 /a /a",
        facts="NSD NSD",
        counts=(2, 2, 2),
    ),
    case(
        "21 sixty hours from 12:05",
        "a session crosses one midnight at most",
        every(25, "12:05", "3d00:05"),
        "12:05 1d23:55 /a /a",
        "2d00:20 2d23:40 /a /a",
        "3d00:05 3d00:05 /a /a",
        facts=_facts_at(145, _0="NSD", _29="ND", _87="NSD", _144="NSD"),
        counts=(3, 1, 4),
    ),
    case(
        "22 sixty hours from 11:50",
        "a fragment that began before noon does not cross midnight",
        every(25, "11:50", "2d23:50"),
        "11:50 23:55 /a /a",
        "1d00:20 1d23:40 /a /a",
        "2d00:05 2d23:50 /a /a",
        facts=_facts_at(145, _0="NSD", _30="NSD", _87="NSD"),
        counts=(3, 0, 3),
    ),
    case(
        "23 a late event takes the join away",
        "the session splits at midnight when its beginning moves before noon",
        every(25, "12:05", "1d00:10") + ", 11:58 /a",
        "11:58 23:45 /a /a",
        "1d00:10 1d00:10 /a /a",
        facts=_facts_at(31, _0="NSD", _30="NSD"),
        counts=(2, 1, 2),
    ),
    case(
        "24 one collector's clock ahead",
        "every event extends, a passive one too",
        "+0:00 ~scroll_25, +0:02 /a",
        "+0:00 +0:02 /a /a",
        facts="- NSD",
        counts=(1, 1, 1),
    ),
    case(
        "25 one collector's clock ahead over midnight",
        "a passive event is no sight of a visitor",
        "1d00:00:01 /a, 23:59:59.5 ~close_tab",
        "23:59:59.5 1d00:00:01 /a /a",
        facts="- NSD",
        counts=(1, 1, 1),
    ),
    case(
        "27 twenty-three hours late",
        "within a day every late event is exact",
        "12:00 /b, 1d10:50 /c, 11:50 /a",
        "11:50 12:00 /a /b",
        "1d10:50 1d10:50 /c /c",
        facts="NSD SD NSD",
        counts=(2, 1, 2),
    ),
    case(
        "29 a tab closed",
        "every event counts in the duration",
        "+0:00 /a, +25:00 ~close_tab",
        "+0:00 +25:00 /a /a",
        facts="NSD -",
        counts=(1, 1, 1),
    ),
    case(
        "29 a tab closed, then a page",
        "every event extends",
        "+0:00 /a, +25:00 ~close_tab, +50:00 /b",
        "+0:00 +50:00 /a /b",
        facts="NSD - SD",
        counts=(1, 0, 1),
    ),
    case(
        "30 a tab closed too late",
        "a passive event opens no visit",
        "+0:00 /a, +40:00 ~close_tab",
        "+0:00 +0:00 /a /a",
        "~+40:00 +40:00 - -",
        facts="NSD -",
        counts=(1, 1, 1),
    ),
    case(
        "31 a tab closed the next day",
        "a visitor needs an active event",
        "20:00 /a, 1d09:00 ~close_tab",
        "20:00 20:00 /a /a",
        "~1d09:00 1d09:00 - -",
        facts="NSD -",
        counts=(1, 1, 1),
    ),
    case(
        "32 a stale tab",
        "a passive event begins a session, the first view names it",
        "+0:00 ~scroll_25 channel=Social, +5:00 /x",
        "+0:00 +5:00 /x /x",
        facts="- NSD",
        counts=(1, 1, 1),
    ),
    case(
        "33 an action only",
        "without a view the first action names the session; no landing, no exit, no bounce",
        "+0:00 !signup channel=Social",
        "+0:00 +0:00 - - channel=Social",
        facts="NSD",
        counts=(1, 0, 1),
    ),
    case(
        "34 an action, then a view",
        "the first view names",
        "+0:00 !boot, +1:00 /a channel=Organic",
        "+0:00 +1:00 /a /a channel=Organic",
        facts="NSD SD",
        counts=(1, 1, 1),
        quiet=0,
    ),
    case(
        "35 a scroll",
        "a scroll is no action",
        "+0:00 /a, +0:20 ~scroll_75",
        "+0:00 +0:20 /a /a",
        facts="NSD -",
        counts=(1, 1, 1),
        quiet=1,
    ),
    case(
        "35 a sign-up",
        "a quiet bounce has no action",
        "+0:00 /a, +0:20 !signup",
        "+0:00 +0:20 /a /a",
        facts="NSD SD",
        counts=(1, 1, 1),
        quiet=0,
    ),
    case(
        "35 an outbound link",
        "an outbound link is an action",
        "+0:00 /a, +0:20 >other.example",
        "+0:00 +0:20 /a /a",
        facts="NSD SD",
        counts=(1, 1, 1),
        quiet=0,
    ),
    case(
        "36 a bot beside a human",
        "classes are apart",
        "+0:00 /a, +1:00 /a person=2 class=bot",
        "+0:00 +0:00 /a /a",
        "+1:00 +1:00 /a /a class=bot",
        facts="NSD NSD",
        counts=(2, 2, 2),
    ),
    case(
        "37 judged a bot halfway",
        "the class is in the session's key",
        "+0:00 /a, +1:00 /b class=bot, +2:00 /c",
        "+0:00 +2:00 /a /c",
        "+1:00 +1:00 /b /b class=bot",
        facts="NSD NSD SD",
        counts=(2, 1, 2),
    ),
    case(
        "38 excluded from 2:00 on",
        "a verdict is per event; the visit ends at the last counted one",
        "+0:00 /a",
        "+0:00 +0:00 /a /a",
        facts="NSD",
        counts=(1, 1, 1),
    ),
    case(
        "40 two pages of one group",
        "a unique view is of a path",
        "+0:00 /blog/1, +1:00 /blog/2",
        "+0:00 +1:00 /blog/1 /blog/2",
        facts="NSD SD",
        counts=(1, 0, 1),
    ),
    case(
        "41 a campaign on the second page",
        "the first touch names",
        "+0:00 /a channel=Organic, +1:00 /b channel=Email",
        "+0:00 +1:00 /a /b channel=Organic",
        facts="NSD SD",
        counts=(1, 0, 1),
    ),
    case(
        "42 a referrer in mid-session",
        "another source does not split a session",
        "+0:00 /a, +10:00 /b channel=Organic, +45:00 /c",
        "+0:00 +10:00 /a /b",
        "+45:00 +45:00 /c /c",
        facts="NSD SD SD",
        counts=(2, 1, 1),
    ),
    case(
        "43 two sources on one day",
        "the day's first sight is in the first visit",
        "+0:00 /a channel=Organic, +60:00 /b channel=Social",
        "+0:00 +0:00 /a /a channel=Organic",
        "+60:00 +60:00 /b /b channel=Social",
        facts="NSD SD",
        counts=(2, 2, 1),
    ),
    case(
        "47 ten thousand paths",
        "all are exact below the flood limit",
        _TEN_THOUSAND,
        "+0:00 +166:39 /0 /9999",
        facts="NSD" + " SD" * 9_999,
        counts=(1, 0, 1),
        large=True,
    ),
    case(
        "48 beyond the daily limit",
        "events beyond the limit are stored and counted nowhere",
        "+0:00 /a, +1:00 /b, +2:00 /c, +3:00 /d, +50:00 /e",
        "+0:00 +2:00 /a /c",
        facts="NSD SD SD - -",
        counts=(1, 0, 1),
        flood_limit=3,
    ),
    case(
        "52 over a local midnight",
        "local days change no session",
        "18:00 /a, 18:20 /b",
        "18:00 18:20 /a /b",
        facts="NSD SD",
        counts=(1, 0, 1),
    ),
    case(
        "53 over several hours",
        "a session is of the hour it starts in",
        "10:50 /a, 11:15 /b, 11:40 /c, 12:05 /d, 12:30 /e, 12:55 /f, 13:10 /g",
        "10:50 13:10 /a /g",
        facts="NSD SD SD SD SD SD SD",
        counts=(1, 0, 1),
    ),
    case(
        "55 two events with one time stamp",
        "the event id keeps the order of the rows",
        "+0:00 /a, +0:00 /b",
        "+0:00 +0:00 /a /b",
        facts="NSD SD",
        counts=(1, 0, 1),
    ),
    case(
        "57 nobody",
        "an event without a visitor has no session and no facts",
        "+0:00 /a person=0, +1:00 /a person=0",
        facts="- -",
        counts=(0, 0, 0),
    ),
    case(
        "57 one visitor from two servers",
        "the visitor is all that matters",
        "+0:00 /a, +1:00 /b",
        "+0:00 +1:00 /a /b",
        facts="NSD SD",
        counts=(1, 0, 1),
    ),
    case(
        "from noon sharp over midnight",
        "noon itself is late enough to go on",
        every(25, "12:00", "1d00:05"),
        "12:00 1d00:05 /a /a",
        facts=_facts_at(30, _0="NSD", _29="ND"),
        counts=(1, 0, 2),
    ),
    case(
        "a millisecond before midnight, and midnight",
        "midnight is of the new day",
        "23:59:59.999 /a, 1d00:00:00 /b",
        "23:59:59.999 1d00:00:00 /a /b",
        facts="NSD NSD",
        counts=(1, 0, 2),
    ),
    case(
        "two midnights in a row",
        "what joined over one midnight does not go on over the next",
        "23:50 /a, 1d00:10 /b, 1d23:50 /c, 2d00:10 /d",
        "23:50 1d00:10 /a /b",
        "1d23:50 2d00:10 /c /d",
        facts="NSD NSD SD NSD",
        counts=(2, 0, 3),
    ),
    case(
        "a bridge over midnight comes late",
        "a late event before midnight joins what stood apart",
        "23:20 /a, 1d00:10 /a, 23:45 /b",
        "23:20 1d00:10 /a /a",
        facts="NSD SD ND",
        counts=(1, 0, 2),
    ),
    case(
        "passive events over midnight",
        "passive events alone make no visit on either day",
        "23:50 ~scroll_25, 1d00:10 ~close_tab",
        "~23:50 1d00:10 - -",
        facts="- -",
        counts=(0, 0, 0),
    ),
    case(
        "an action and a page of one text",
        "a view and an action never share a subject",
        "+0:00 !x, +1:00 /x, +2:00 >x, +3:00 !x",
        "+0:00 +3:00 /x /x",
        facts="NSD SD SD -",
        counts=(1, 1, 1),
        quiet=0,
    ),
)
