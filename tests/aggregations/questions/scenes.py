"""Random events with their sessions as the archive's frames, and random questions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from aggregations.archive.reading import Frames
from aggregations.archive.visits import with_visits
from aggregations.frames import events_frame, sessions, stored_events
from aggregations.sessionizer import links_of, sessionize
from core.filters import parse_filters
from core.globs import PathGroups
from core.ranges import Days, bounds, date_at
from core.sites import ContentGroup
from core.spans import DAY, HOUR
from storage.archive.schema import EVENTS, SESSIONS
from tests.aggregations.streams import streams
from tests.cases import FIRST_DAY
from tests.filter_oracle import Question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.events import Event, StoredEvent
    from core.filters import Filter
    from core.sessions import Session

GROUPS: Final = PathGroups([ContentGroup("A", "/a"), ContentGroup("B", "/*b*"), ContentGroup("A", "*sign*")])
ZONES: Final = ("UTC", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns")

_PLACES: Final = (
    ("DE", "Hesse", "Kassel"),
    ("DE", "Hesse", ""),
    ("DE", "", ""),
    ("FR", "a/b", "c"),
    ("", "", "x"),
    ("a/", "", ""),
    ("", "", ""),
)
_DEVICES: Final = (("Firefox", "133", "desktop"), ("", "", ""), ("Safari", "", "unknown"))
_PROPERTIES: Final = (
    "",
    '{"plan":"pro"}',
    '{"plan":"free","n":3}',
    '{"n":"3","plan":null}',
    '{"plan":"","n":1.5}',
    '{"plan":{"a":[1,"é"]},"n":true}',
)
_FILTERS: Final = {
    "page": ("/a", "!/a", "/*", "*b*", "!/b", "/nowhere", "/a*", "*p"),
    "group": ("A", "B", "!A", "", "!", "*"),
    "entry": ("/a", "!/a", "", "!", "/b*"),
    "exit": ("/b", "!/b", "", "*a"),
    "source": ("Direct.example", "!*.example", "", "Org*"),
    "channel": ("Direct", "Organic", "!Organic", ""),
    "utm_source": ("", "!", "a\tb", "\\\\t", "\\\\"),
    "country": ("DE", "!DE", "", "*E"),
    "region": ("a/", "a", "DE", "DE/Hesse", "DE/*", "FR/a/b", "!FR/a/b", ""),
    "city": ("//x", "!//x", "a/", "DE/Hesse/Kassel", "DE/Hesse", "FR/a/b/c", "*", ""),
    "browser": ("Firefox", "unknown", "", "!", "!unk*"),
    "browser_version": ("Firefox/133", "Safari", "", "*/*"),
    "device": ("desktop", "unknown", "!"),
    "event": ("signup", "!signup", "outbound_link", "scroll_25", "s*", "/a", "!scroll_*"),
    "property:plan": ("pro", "!pro", "", "!", '{"a":[1,"é"]}', "p*"),
    "property:n": ("3", "1.5", "true", "", "!3"),
    "traffic": ("human", "bot", "!bot"),
}


class Scene(NamedTuple):
    """The same events and sessions, as rows and as frames."""

    rows: list[StoredEvent]
    sessions: list[Session]
    frames: Frames


def scene_of(events: Iterable[Event]) -> Scene:
    """Events with the sessions that they make."""
    frame = events_frame(events)
    found = sessionize(frame, links_of(frame))
    named = with_visits(found.events.cast({"class": EVENTS["class"]}), found.sessions)
    return Scene(
        list(stored_events(found.events)),
        list(sessions(found.sessions)),
        Frames(
            named.select(*EVENTS).cast(EVENTS).lazy(),
            found.sessions.select(*SESSIONS).cast(SESSIONS).lazy(),
        ),
    )


@st.composite
def some_events(draw: st.DrawFn) -> list[Event]:
    """Events of one site that differ in all that filters look at."""
    events = []
    for event in draw(streams(sites=1)):
        country, region, city = draw(st.sampled_from(_PLACES))
        browser, version, device = draw(st.sampled_from(_DEVICES))
        events.append(
            event._replace(
                country=country,
                region=region,
                city=city,
                browser=browser,
                browser_version=version,
                device=device,
                properties=draw(st.sampled_from(_PROPERTIES)) if event.type == "custom" else "",
            )
        )
    return events


def scenes() -> st.SearchStrategy[Scene]:
    """Some events and their sessions."""
    return some_events().map(scene_of)


@st.composite
def some_filters(draw: st.DrawFn) -> tuple[Filter, ...]:
    """Filters on up to three dimensions, some with two values."""
    names = draw(st.lists(st.sampled_from([*_FILTERS]), max_size=3, unique=True))
    return parse_filters(
        (name, text)
        for name in names
        for text in draw(st.lists(st.sampled_from(_FILTERS[name]), min_size=1, max_size=2))
    )


@st.composite
def questions(draw: st.DrawFn) -> tuple[Question, list[int]]:
    """A question, and the edges of buckets of its range."""
    edges = draw(st.one_of(_local_days(), _any_edges()))
    filters = draw(some_filters())
    classes = draw(st.sampled_from(((0,), (0, 1), (1,), ())))
    return Question(filters, edges[0], edges[-1], classes, GROUPS), edges


@st.composite
def _local_days(draw: st.DrawFn) -> list[int]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    first = date_at(FIRST_DAY + draw(st.integers(-1, 2)) * DAY, zone)
    last = date_at(FIRST_DAY + 3 * DAY, zone)
    return bounds(Days(first=min(first, last), last=last), zone)


@st.composite
def _any_edges(draw: st.DrawFn) -> list[int]:
    steps = st.one_of(st.integers(0, 72).map(lambda hours: hours * HOUR), st.integers(0, 3 * DAY))
    return sorted(FIRST_DAY + step for step in draw(st.lists(steps, min_size=2, max_size=6)))
