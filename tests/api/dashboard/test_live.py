"""The live strip: what it shows of a window, in which order, and as a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
from babel import Locale

from api.dashboard.choices import View
from api.dashboard.live import Look, Orders, split, strip, time_of_day
from api.dashboard.state import State
from core.realtime import LiveList, Minute, RealtimeView
from core.sites import Site
from core.spans import MINUTE

if TYPE_CHECKING:
    from api.dashboard.live import Counted

#: 21 November 2026, 13:02:31 UTC.
NOW: Final = 1_795_266_151_000
SITE: Final = Site(
    id=1, uuid=UUID(int=1), account_id=UUID(int=2), domain="northwind.example", time_zone="Europe/Berlin"
)
LISTS: Final[dict[LiveList, Counted]] = {
    LiveList.PAGES: (("/blog/2026/11/getting-started-with-tide-tables", 14), ("/", 7)),
    LiveList.SOURCES: (("", 17), ("google.com", 1)),
    LiveList.COUNTRIES: (("DE", 15), ("", 2)),
    LiveList.DEVICES: (("mobile", 9),),
    LiveList.EVENTS: (),
}
VIEW: Final = RealtimeView(
    active=118,
    top_pages=(),
    types=(("page_view", 12),),
    here=42,
    minutes=tuple(Minute(NOW - NOW % MINUTE + (number - 29) * MINUTE, 1, number % 4) for number in range(30)),
    lists=LISTS,
)


def look(*, state: State | None = None, may_filter: bool = True, base: str = "/") -> Look:
    """Somebody looks at the strip."""
    return Look(
        site=SITE,
        state=state or State(site="northwind.example"),
        base=base,
        locale=Locale("en"),
        may_filter=may_filter,
    )


def test_a_strip_says_who_is_here_and_where() -> None:
    """In the words of the report, each row with its share of the longest."""
    shown = strip(VIEW, LISTS, look())
    assert (shown.here, shown.active) == ("42", "118 visitors in 30 minutes")
    assert shown.title == "42 now · northwind.example"
    assert [(list_.title, [(row.name, row.number) for row in list_.rows]) for list_ in shown.lists] == [
        ("Pages", [("/blog/2026/11/getting-started-with-tide-tables", "14"), ("/", "7")]),
        ("Sources", [("Direct", "17"), ("Google", "1")]),
        ("Countries", [("Germany", "15"), ("unknown", "2")]),
        ("Devices", [("Phone", "9")]),
        ("Events", []),
    ]
    assert [row.share for row in shown.lists[0].rows + shown.lists[2].rows] == ["100", "50", "100", "13.3"]


def test_a_row_narrows_the_report_that_is_open() -> None:
    """It keeps what is chosen, and leads from a screen of its own to the report."""
    state = State(site="northwind.example", view=View.LIVE).plus_filter("browser", "Firefox")
    pages, sources, countries, *_ = strip(VIEW, LISTS, look(state=state)).lists
    assert pages.rows[1].url == "/?site=northwind.example&page=/&browser=Firefox#report"
    assert sources.rows[0].url == "/?site=northwind.example&source=&browser=Firefox#report"
    assert countries.rows[0].url == "/?site=northwind.example&country=DE&browser=Firefox#report"


def test_who_may_not_narrow_is_led_nowhere() -> None:
    """Through a share link that shows all or nothing."""
    shown = strip(VIEW, LISTS, look(may_filter=False, base="/share/x/"))
    assert {row.url for list_ in shown.lists for row in list_.rows} == {""}


def test_bars_are_told_in_words() -> None:
    """The sum, the most with its time on the site's clocks, and the minute that runs."""
    shown = strip(VIEW, LISTS, look())
    assert shown.bars.count("<rect") == 30
    assert shown.bars.count('class="running"') == 1
    assert (
        "Page views in each of the last 30 minutes: 43 in all, the most 3 in the minute from 13:36, 1 in the one that"
        " runs" in shown.bars
    )
    quiet = strip(VIEW._replace(minutes=tuple(minute._replace(views=0) for minute in VIEW.minutes)), LISTS, look())
    assert "No page views in the last 30 minutes" in quiet.bars


def test_one_is_one_visitor() -> None:
    """And many are written as everywhere."""
    assert strip(VIEW._replace(active=1), LISTS, look()).active == "1 visitor in 30 minutes"
    assert strip(VIEW._replace(here=123_456), LISTS, look()).here == "123k"


def test_the_other_screen_is_one_click_away() -> None:
    """And back."""
    report = strip(VIEW, LISTS, look())
    wall = strip(VIEW, LISTS, look(state=State(site="northwind.example", view=View.LIVE, theme="dark")))
    assert (report.other, report.is_wall) == ("/?site=northwind.example&view=live", False)
    assert (wall.other, wall.is_wall) == ("/?site=northwind.example&theme=dark", True)
    assert look().stream == "/live?site=northwind.example"


def test_the_time_is_that_of_the_site() -> None:
    """To the second."""
    assert time_of_day(NOW, SITE) == "14:02:31"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("/pricing", ("/pricing", "")),
        ("/blog/2026/11/getting-started-with-tide-tables", ("/blog/2026/11/getting-started-wi", "th-tide-tables")),
    ],
)
def test_a_long_name_keeps_its_end(name: str, parts: tuple[str, str]) -> None:
    """The middle gives way."""
    assert parts == split(name)


PAGES: Final = LiveList.PAGES


def order(orders: Orders, at: float, *counted: tuple[str, int], rows: int = 3) -> list[tuple[str, int]]:
    """The pages as they are arranged."""
    return list(orders.arranged({PAGES: counted}, rows=rows, at=at)[PAGES])


def test_rows_change_places_every_five_seconds_at_most() -> None:
    """Their numbers change at once."""
    orders = Orders()
    assert order(orders, 100, ("/a", 3), ("/b", 2)) == [("/a", 3), ("/b", 2)]
    assert order(orders, 101, ("/b", 4), ("/a", 3)) == [("/b", 4), ("/a", 3)]
    assert order(orders, 105.9, ("/a", 5), ("/b", 4)) == [("/b", 4), ("/a", 5)]
    assert order(orders, 106, ("/a", 6), ("/b", 4)) == [("/a", 6), ("/b", 4)]


def test_rows_come_where_there_is_room_and_leave_when_they_are_empty() -> None:
    """Without moving the others but up."""
    orders = Orders()
    assert order(orders, 100, ("/a", 3), ("/b", 2)) == [("/a", 3), ("/b", 2)]
    assert order(orders, 101, ("/b", 3), ("/a", 2)) == [("/b", 3), ("/a", 2)]
    assert order(orders, 102, ("/c", 9), ("/b", 3), ("/a", 2)) == [("/b", 3), ("/a", 2), ("/c", 9)]
    assert order(orders, 103, ("/d", 10), ("/c", 9), ("/a", 2)) == [("/a", 2), ("/c", 9), ("/d", 10)]
    assert order(orders, 104, ("/e", 11), ("/d", 10), ("/c", 9), ("/a", 2)) == [("/a", 2), ("/c", 9), ("/d", 10)]
    assert order(orders, 106, ("/e", 11), ("/d", 10), ("/c", 9), ("/a", 2)) == [("/e", 11), ("/d", 10), ("/c", 9)]
    assert order(orders, 107) == []
