"""One state, one address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.dashboard.state import (
    COLUMNS,
    DevicesTab,
    EventsTab,
    PageMetric,
    PagesTab,
    PlacesTab,
    Sort,
    SourcesTab,
    State,
    View,
    parse,
)
from core.comparisons import Against
from core.filters import parse_filters
from core.intervals import Interval
from core.ranges import Days, Period

if TYPE_CHECKING:
    from random import Random

_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
_SPANS = st.builds(
    lambda first, length: Days(first=first, last=first + timedelta(days=length)),
    st.dates(date(1970, 1, 1), date(2150, 1, 1)),
    st.integers(0, 10_999),
)
_DIMENSIONS = st.sampled_from(["page", "entry", "country", "browser", "property:plan", "event", "source"])
_FILTERS = st.lists(st.tuples(_DIMENSIONS, _TEXTS), max_size=6).map(parse_filters)
_STATES = st.builds(
    State,
    site=_TEXTS,
    period=st.sampled_from(Period),
    days=st.none() | _SPANS,
    compare=st.none() | st.sampled_from(Against),
    metric=st.sampled_from(PageMetric),
    interval=st.none() | st.sampled_from(Interval),
    filters=_FILTERS,
    pages=st.sampled_from(PagesTab),
    sources=st.sampled_from(SourcesTab),
    places=st.sampled_from(PlacesTab),
    devices=st.sampled_from(DevicesTab),
    events=st.sampled_from(EventsTab),
    steps=st.lists(_TEXTS.filter(bool), max_size=10).map(tuple),
    funnel=_TEXTS,
    view=st.sampled_from(View),
    of=_TEXTS,
    search=_TEXTS,
    sort=st.none() | st.builds(Sort, st.sampled_from(COLUMNS), st.booleans()),
    p=st.integers(1, 1_000_000),
    bots=st.booleans(),
    theme=st.sampled_from(["", "dark", "light"]),
    csv=st.booleans(),
)


def _read(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


@settings(deadline=None)
@given(_STATES)
def test_an_address_is_read_as_it_was_written(state: State) -> None:
    """The address of a state says that state, and is its own."""
    parsed = parse(_read(state.url()))
    assert (state, True) == (parsed.state, parsed.is_canonical)


@settings(deadline=None)
@given(_STATES, st.randoms())
def test_one_state_has_one_address(state: State, random: Random) -> None:
    """In whatever order the parameters of different names come, the address that they lead to is one."""
    pairs = state.pairs()
    groups: dict[str, list[tuple[str, str]]] = {}
    for pair in pairs:
        groups.setdefault(pair[0], []).append(pair)
    names = list(groups)
    random.shuffle(names)
    parsed = parse([pair for name in names for pair in groups[name]])
    assert state.url() == parsed.state.url()


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["p", "site", "from", "to", "page", "sort", "bots", "x"]), st.text())))
def test_whatever_is_sent_leads_to_an_address(pairs: list[tuple[str, str]]) -> None:
    """No address is an error: it is read as some state, whose address says the same."""
    state = parse(pairs).state
    parsed = parse(_read(state.url()))
    assert (state, True) == (parsed.state, parsed.is_canonical)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("", "/"),
        ("period=30d", "/"),
        ("period=7d&site=Example.com", "/?site=example.com&period=7d"),
        ("utm_source=x&nonsense=1", "/?utm_source=x"),
        ("country=FR&country=DE&country=!RU", "/?country=DE&country=FR&country=!RU"),
        ("page=/blog/*&country=DE", "/?page=/blog/*&country=DE"),
        ("page=blog", "/?page=/blog"),
        ("traffic=alien", "/"),
        ("from=2026-01-02&to=2026-01-01", "/"),
        ("from=20260101&to=2026-01-31&period=7d", "/?from=2026-01-01&to=2026-01-31"),
        ("compare=previous", "/"),
        ("compare=none", "/?compare=none"),
        ("compare=yoy", "/?compare=yoy"),
        ("site=a.example&p=2&sort=-bounce", "/?site=a.example"),
        ("p=2&sort=-visitors", "/?sort=-visitors&p=2"),
        ("p=2&sort=-bounce&view=pages", "/?view=pages&sort=-bounce&p=2"),
        ("p=0&sort=nothing&view=pages", "/?view=pages"),
        ("bots=1&format=csv&theme=dark", "/?bots=1&theme=dark&format=csv"),
        ("bots=yes&format=xml&theme=pink", "/"),
        ("step=/a&step=signup&funnel=Sign-up", "/?step=/a&step=signup&funnel=Sign-up"),
        ("country=", "/?country="),
    ],
)
def test_addresses(given_: str, expected: str) -> None:
    """Each address is led to the one of its state, and is told apart from it."""
    pairs = parse_qsl(given_, keep_blank_values=True)
    parsed = parse(pairs)
    assert (expected, _read(expected) == pairs) == (parsed.state.url(), parsed.is_canonical)


def test_filters_come_and_go() -> None:
    """A value is added as it stands, whatever it looks like, and taken away again."""
    state = State(view=View.PAGES, p=3)
    chosen = state.plus_filter("page", "/a*b").plus_filter("country", "RU", negated=True).plus_filter("source", "")
    assert chosen.url() == r"/?page=%5C/a*b&source=&country=!RU&view=pages"
    assert state.with_(p=1) == chosen.without_filter(chosen.filters[2]).without_filter(
        chosen.filters[0]
    ).without_filter(chosen.filters[1])


def test_what_was_said_is_no_state() -> None:
    """What a form leaves in the address is read, and neither kept nor led away from."""
    parsed = parse([("site", "a.example"), ("saved", "note")])
    assert (
        parsed.said,
        parsed.is_canonical,
        parsed.state.url("/share/x/"),
    ) == ("note", True, "/share/x/?site=a.example")
