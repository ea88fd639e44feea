"""Batches of any size leave a window as the same events one by one do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from core.events import Event
from core.realtime import Sight
from core.realtime_window import Window
from core.spans import DAY, MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.realtime import Part

WINDOW: Final = 1800
MIDNIGHT: Final = 20_000 * DAY
START: Final = MIDNIGHT - 50 * MINUTE
SITES: Final = (1, 2, 3)
#: What an event has that a sight has not.
_EMPTY: Final = Event._make(0 if kind == "int" else "" for kind in Event.__annotations__.values())

#: When (ms from the moment), of which person (0 for nobody) and what.
_Drawn = tuple[int, int, Sight]
#: What `_batches` draws: random bits of an event's id come with it.
_Batches = list[tuple[int, list[tuple[int, _Drawn]], int]]

#: Seconds before or after the moment in which an event is added: of the same second, late, too late, ahead.
_apart: Final = st.sampled_from([0, 0, 0, 0, -1, -2, -299, -300, -301, -1799, -1800, 1, 2, 61])
#: Small numbers of people, pages and seconds, or nothing would ever be seen again.
_event: Final = st.builds(
    lambda apart, ms, person, known: (apart * SECOND - ms, person, known),
    _apart,
    st.sampled_from([0, 0, 1, 999]),
    st.integers(0, 6),
    st.builds(
        Sight,
        ts=st.just(0),
        site=st.sampled_from([1, 1, 1, 1, 1, 2, 3]),
        visitor=st.just(0),
        type=st.sampled_from(["page_view", "page_view", "page_view", "custom", "scroll_50"]),
        path=st.sampled_from(["/", "/a", "/b", ""]),
        prev=st.just(0),
        event_id=st.just(0),
        name=st.sampled_from(["buy", "join"]),
        referrer_host=st.sampled_from(["", "", "a.example", "b.example"]),
        country=st.sampled_from(["", "DE", "FR"]),
        device=st.sampled_from(["", "mobile"]),
        traffic=st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2]),
    ),
)
#: By moment: seconds since the one before, the events added then, and where they are cut in two.
_batches: Final = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 1, 30, 299, 300, 900, 1800, 3000]),
        st.lists(st.tuples(st.integers(0, 2**31), _event), max_size=40),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=8,
)


def _made(now: int, drawn: Iterable[tuple[int, _Drawn]], number: int) -> list[Event | Sight]:
    """Events as a collector sends them, in another order than that of their ids."""
    made: list[Event | Sight] = []
    for id_, (apart, person, known) in drawn:
        ts = now + apart
        one = known._replace(ts=ts, event_id=id_ << 20 | number << 10 | len(made))
        if person:
            day = ts // DAY
            early = ts % DAY < 30 * MINUTE
            one = one._replace(visitor=person * 10 + day % 10, prev=person * 10 + (day - 1) % 10 if early else 0)
        made.append(_EMPTY._replace(**one._asdict()) if number % 2 else one)
    return made


def _told(window: Window, now: int) -> tuple[list[Part | None], set[int], set[int]]:
    return [window.part(site, now) for site in SITES], window.sites, window.take_changed()


def _ways(make: Callable[[], Window], batches: _Batches) -> None:
    """Hold batches, cut and turned round ones to the same events one by one."""
    alone, whole, cut = make(), make(), make()
    now = START + WINDOW * SECOND
    for number, (passed, drawn, at) in enumerate(batches):
        now += passed * SECOND
        events = _made(now, drawn, number)
        for event in events:
            alone.add([event], now)
        whole.add(iter(events), now)
        cut.add(events[at:], now)
        cut.add(tuple(reversed(events[:at])), now)
        expected = _told(alone, now)
        assert expected == _told(whole, now)
        assert expected == _told(cut, now)
    for later in range(now, now + WINDOW * SECOND + 2 * MINUTE, 100 * SECOND):
        expected = _told(alone, later)
        assert expected == _told(whole, later)
        assert expected == _told(cut, later)
    assert all(part is None or part.active == 0 for part in expected[0])


@settings(deadline=None)
@given(_batches)
def test_a_batch_is_its_events_one_by_one(batches: _Batches) -> None:
    """Of all sites, late and ahead, with and without visitors, over midnight, until all have left."""
    _ways(lambda: Window(seconds=WINDOW, start_ms=START), batches)


@settings(deadline=None)
@given(_batches, st.integers(10, 60))
def test_a_site_alone_is_too_much_in_a_batch_where_it_is_one_by_one(batches: _Batches, capacity: int) -> None:
    """Of how much there is, it does not matter how it came; only what is ahead of our clock has a bound of its own."""
    of_one = [
        (passed, [(id_, (min(apart, 0), person, known._replace(site=1))) for id_, (apart, person, known) in drawn], at)
        for passed, drawn, at in batches
    ]
    _ways(lambda: Window(seconds=WINDOW, start_ms=START, capacity=capacity), of_one)


@settings(deadline=None)
@given(_batches, st.integers(3, 60))
def test_what_is_told_is_whole_however_little_may_be_held(batches: _Batches, capacity: int) -> None:
    """A site that lost anything is not told until that would have left."""
    bounded = Window(seconds=WINDOW, start_ms=START, capacity=capacity)
    unbounded = Window(seconds=WINDOW, start_ms=START)
    now = START + WINDOW * SECOND
    for number, (passed, drawn, _) in enumerate(batches):
        now += passed * SECOND
        events = _made(now, drawn, number)
        bounded.add(events, now)
        unbounded.add(events, now)
        for site in SITES:
            part = bounded.part(site, now)
            assert part is None or part == unbounded.part(site, now)
