"""The window in memory against its definition."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.realtime import LISTED, LiveList, Minute, Part, RealtimeView, Sight, links_at, minutes_at, second_of, summed
from core.realtime_window import Window
from core.spans import DAY, MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable

WINDOW: Final = 1800
MIDNIGHT: Final = 20_000 * DAY
#: A person's visitor hash of yesterday and of today.
PEOPLE: Final = {person: (10 * person, 10 * person + 1) for person in range(1, 6)}


_ids: Final = count(1)


def sight(
    person: int, ts: int, *, type_: str = "page_view", path: str = "/", site: int = 1, host: str = "", place: str = ""
) -> Sight:
    """An event as a collector would send it: with the hash of the day, before 00:30 also that of the day before.

    The place is the country and the device; a custom event is named by its path.
    """
    known = Sight(ts, site, 0, type_, path, 0, next(_ids), path, host, place, place)
    if not person:
        return known
    yesterday, today = PEOPLE[person]
    if ts < MIDNIGHT:
        return known._replace(visitor=yesterday)
    return known._replace(visitor=today, prev=yesterday if ts < MIDNIGHT + 30 * MINUTE else 0)


def by_definition(sights: Iterable[Sight], site: int, now_ms: int) -> RealtimeView:
    """The window counted from scratch."""
    until = second_of(now_ms) * SECOND
    inside = [
        one for one in sights if one.site == site and one.traffic == 0 and until - WINDOW * SECOND < one.ts <= until
    ]
    prevs = {one.visitor: one.prev for one in sights if one.prev and one.ts // DAY * DAY == links_at(now_ms)}
    anchors = {(prevs.get(one.visitor, one.visitor), one.path, one.type) for one in inside if one.visitor}
    viewers = {(who, path) for who, path, type_ in anchors if type_ == "page_view"}
    pages = Counter(path for _, path in viewers)
    types = [one.type for one in inside]
    minutes = []
    for start in minutes_at(now_ms, WINDOW * SECOND):
        in_it = [one for one in inside if start < one.ts <= start + MINUTE]
        visitors = {prevs.get(one.visitor, one.visitor) for one in in_it if one.visitor}
        minutes.append(Minute(start, len(visitors), sum(one.type == "page_view" for one in in_it)))
    lists = {name: Counter[str]() for name in LiveList}
    histories: dict[int, list[Sight]] = {}
    for one in sorted(inside, key=lambda one: (one.ts, one.event_id)):
        is_now = one.ts > until - 5 * MINUTE
        lists[LiveList.EVENTS][one.name] += is_now and one.type == "custom"
        if one.visitor:
            histories.setdefault(prevs.get(one.visitor, one.visitor), []).append(one)
    for history in histories.values():
        last = history[-1]
        if last.ts > until - 5 * MINUTE:
            lists[LiveList.PAGES][[last.path, *(one.path for one in history if one.type == "page_view")][-1]] += 1
            lists[LiveList.SOURCES][["", *(one.referrer_host for one in history if one.referrer_host)][-1]] += 1
            lists[LiveList.COUNTRIES][last.country] += 1
            lists[LiveList.DEVICES][last.device] += 1
    return RealtimeView(
        len({who for who, _, _ in anchors}),
        top(pages),
        tuple(sorted({(name, types.count(name)) for name in types}, key=lambda item: (-item[1], item[0]))),
        len({prevs.get(one.visitor, one.visitor) for one in inside if one.visitor and one.ts > until - 5 * MINUTE}),
        tuple(minutes),
        {name: top(counts) for name, counts in lists.items()},
    )


def top(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    """The ten of which there are most."""
    return tuple(sorted(((name, n) for name, n in counts.items() if n), key=lambda item: (-item[1], item[0]))[:10])


def whole(part: Part | None, now_ms: int) -> RealtimeView:
    """The view of one part that can be told."""
    assert part is not None
    return summed([part], now_ms=now_ms, window_ms=WINDOW * SECOND)


sights_ = st.lists(
    st.builds(
        sight,
        st.integers(0, 5),
        st.one_of(
            st.integers(MIDNIGHT - 40 * MINUTE, MIDNIGHT + 70 * MINUTE),
            st.integers(-40, 70).map(lambda minutes: MIDNIGHT + minutes * MINUTE),
        ),
        type_=st.sampled_from(["page_view", "page_view", "custom", "scroll_50"]),
        path=st.sampled_from(["/", "/a", "/b", ""]),
        site=st.sampled_from([1, 1, 1, 2]),
        host=st.sampled_from(["", "", "a.example", "b.example"]),
        place=st.sampled_from(["", "DE", "FR"]),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(sights_, st.lists(st.integers(-9 * MINUTE, 70 * MINUTE), min_size=1, max_size=8))
def test_a_window_is_what_the_definition_says(sights: list[Sight], moments: list[int]) -> None:
    """Whenever the events come, in whatever order, over midnight and after it."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT - 40 * MINUTE)
    parts = len(moments)
    for number, now in enumerate(sorted(MIDNIGHT + moment for moment in moments)):
        window.add(sights[number::parts], now)
        given_ = [one for earlier in range(number + 1) for one in sights[earlier::parts]]
        for site in (1, 2):
            assert by_definition(given_, site, now) == whole(window.part(site, now), now)


@settings(deadline=None)
@given(sights_, st.integers(-9 * MINUTE, 70 * MINUTE))
def test_parts_of_disjoint_visitors_add_up(sights: list[Sight], moment: int) -> None:
    """However visitors are spread over partitions."""
    windows = [Window(seconds=WINDOW, start_ms=MIDNIGHT - 40 * MINUTE) for _ in range(3)]
    now = MIDNIGHT + moment
    for one in sights:
        windows[one.visitor // 10 % 3].add([one], now)
    parts = [window.part(1, now) for window in windows]
    assert by_definition(sights, 1, now) == summed(
        (part for part in parts if part), now_ms=now, window_ms=WINDOW * SECOND
    )


def test_who_is_active_on_both_sides_of_midnight_counts_once() -> None:
    """At 23:50 and 00:10, seen at 00:15."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT - 40 * MINUTE)
    now = MIDNIGHT + 15 * MINUTE
    window.add([sight(1, MIDNIGHT - 10 * MINUTE), sight(1, MIDNIGHT + 10 * MINUTE)], now)
    assert whole(window.part(1, now), now)[:3] == (1, (("/", 1),), (("page_view", 2),))


def test_who_is_ahead_of_our_clock_over_midnight_counts_once() -> None:
    """At 23:50, and at 00:00:05 by a clock that is ten seconds ahead."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT - 50 * MINUTE)
    window.add([sight(1, MIDNIGHT - 10 * MINUTE), sight(1, MIDNIGHT + 5 * SECOND)], MIDNIGHT - 5 * SECOND)
    now = MIDNIGHT + 5 * SECOND
    assert whole(window.part(1, now), now)[:3] == (1, (("/", 1),), (("page_view", 2),))


@pytest.mark.parametrize(("ago", "active"), [(0, 1), (1_799_999, 1), (1_800_000, 0), (-1, 0), (-1_000, 0)])
def test_the_older_end_is_out_and_the_newer_in(ago: int, active: int) -> None:
    """A window is t - W < ts <= t."""
    now = MIDNIGHT + 60 * MINUTE
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT)
    window.add([sight(1, now - ago)], now)
    assert active == whole(window.part(1, now), now).active


def test_bots_and_floods_are_not_seen() -> None:
    """Only humans are shown."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT)
    now = MIDNIGHT + 60 * MINUTE
    window.add([sight(1, now)._replace(traffic=1), sight(2, now)._replace(traffic=2)], now)
    assert whole(window.part(1, now), now)[:3] == (0, (), ())


def test_nothing_is_told_before_the_window_is_full() -> None:
    """A low number would be a lie."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT)
    assert window.part(1, MIDNIGHT + WINDOW * SECOND - SECOND) is None
    assert window.part(1, MIDNIGHT + WINDOW * SECOND) == Part(0, {}, {})


def test_a_site_that_is_too_much_starts_anew_and_leaves_the_others_alone() -> None:
    """Memory is bounded; who was forgotten is not told until the window is full again."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT - WINDOW * SECOND, capacity=30)
    now = MIDNIGHT + 40 * MINUTE
    window.add([sight(1, now, site=2)], now)
    window.add([sight(1, now, path=f"/{number}") for number in range(40)], now)
    assert window.part(1, now) is None
    assert whole(window.part(2, now), now).active == 1
    later = now + WINDOW * SECOND
    window.add([sight(1, later)], later)
    assert whole(window.part(1, later), later)[:3] == (1, (("/", 1),), (("page_view", 1),))


def test_a_site_of_which_too_much_is_ahead_is_not_told_until_all_of_it_would_have_left() -> None:
    """In whatever order it came: what was lost was of the latest second, not of the last that came."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT, capacity=3)
    now = MIDNIGHT + 40 * MINUTE
    for ahead in (1, 1, 1, 60, 5):
        window.add([sight(1, now + ahead * SECOND)], now)
    assert window.part(1, now + (WINDOW + 59) * SECOND) is None
    assert window.part(1, now + (WINDOW + 60) * SECOND) == Part(0, {}, {})


def test_changed_sites_are_those_that_got_events_or_lost_some() -> None:
    """Only these have to be shown again."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT)
    now = MIDNIGHT + 40 * MINUTE
    window.add([sight(1, now)], now)
    assert window.take_changed() == {1}
    for later in (5 * MINUTE, WINDOW * SECOND):  # who is not here any more, and who is not active
        window.advance(now + later - SECOND)
        assert window.take_changed() == set()
        window.advance(now + later)
        assert window.take_changed() == {1}


def test_a_part_lists_the_most_and_no_more() -> None:
    """However many pages there are: what is cut off is as rare as the rarest that is left."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT)
    now = MIDNIGHT + 60 * MINUTE
    people = [sight(1, now, path=f"/{number:04}")._replace(visitor=1_000 + number) for number in range(1, 2 * LISTED)]
    window.add([*people, sight(2, now, path="/9999"), sight(3, now, path="/9999")], now)
    part = window.part(1, now)
    assert part is not None
    assert [("/9999", 2), *((f"/{number:04}", 1) for number in range(1, LISTED))] == list(
        part.lists[LiveList.PAGES].items()
    )


def test_custom_events_that_are_over_make_a_site_changed() -> None:
    """Though nobody left who has a name."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT)
    now = MIDNIGHT + 40 * MINUTE
    window.add([sight(0, now, type_="custom", path="signup")], now)
    assert whole(window.part(1, now), now).lists[LiveList.EVENTS] == (("signup", 1),)
    window.take_changed()
    window.advance(now + 5 * MINUTE)
    assert window.take_changed() == {1}
    assert whole(window.part(1, now), now).lists[LiveList.EVENTS] == ()


def test_who_comes_and_goes_leaves_nothing_behind() -> None:
    """When the window is empty it holds nothing: a site that restarts on every event would never be told."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT, capacity=20)
    for minute in range(0, 400, 31):
        now = MIDNIGHT + (60 + minute) * MINUTE
        window.add([sight(1, now), sight(2, now, type_="custom", path="buy"), sight(0, now, type_="custom")], now)
        assert whole(window.part(1, now), now).active == 2


def test_lists_of_many_people_are_made_once_a_second() -> None:
    """The numbers are of now."""
    window = Window(seconds=WINDOW, start_ms=MIDNIGHT)
    now = MIDNIGHT + 60 * MINUTE
    people = [sight(1, now - SECOND, path="/a")._replace(visitor=number) for number in range(1, 2_502)]
    window.add(people, now)
    assert whole(window.part(1, now), now).lists[LiveList.PAGES] == (("/a", 2_501),)
    window.add([sight(1, now, path="/b")._replace(visitor=9_999)], now)
    found = whole(window.part(1, now), now)
    assert (found.here, found.lists[LiveList.PAGES]) == (2_502, (("/a", 2_501),))
    later = whole(window.part(1, now + SECOND), now + SECOND)
    assert later.lists[LiveList.PAGES] == (("/a", 2_501), ("/b", 1))
