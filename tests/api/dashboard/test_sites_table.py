"""The table of sites: what it says of each, and in which order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
from babel import Locale

from api.dashboard.choices import Sort
from api.dashboard.sites_table import PER_PAGE, Measured, headings, ordered, row
from api.dashboard.state import State, parse
from core.sites import Site
from core.spans import DAY, HOUR
from tests.api.dashboard.conftest import page_world
from tests.api.dashboard.visits import LONG_AGO, visit
from tests.clocks import SetClock

if TYPE_CHECKING:
    from tests.api.dashboard.conftest import PageWorld

ENGLISH: Final = Locale("en")


def site(domain: str, number: int = 1) -> Site:
    """A site of this domain."""
    return Site(id=number, uuid=UUID(int=number), account_id=UUID(int=9), domain=domain)


MEASURED: Final = (
    Measured(site("b.example"), here=2, today=10, before=5),
    Measured(site("a.example"), here=None, today=None),
    Measured(site("c.example"), here=0, today=30, before=0),
    Measured(site("d.example"), here=7, today=10, before=20),
)


@pytest.mark.parametrize(
    ("sort", "domains"),
    [
        ("", "abcd"),
        ("-name", "dcba"),
        ("-count", "dbac"),
        ("-visitors", "cbda"),
        ("visitors", "abdc"),
        ("-change", "cbda"),
        ("bounce", "abcd"),
    ],
)
def test_sites_have_an_order(sort: str, domains: str) -> None:
    """By any column; equals by name, and what nobody knows counts as nothing."""
    chosen = parse([("sort", sort)] if sort else []).state.sort
    assert list(domains) == [each.site.domain[0] for each in ordered(MEASURED, chosen)]


def test_a_heading_turns_the_order_around() -> None:
    """Names begin with the first, numbers with the most."""
    at_first = [(each.title, each.url, each.order) for each in headings(State(), "/")]
    assert at_first == [
        ("Site", "/?sort=-name", "ascending"),
        ("Here now", "/?sort=-count", ""),
        ("Visitors today", "/?sort=-visitors", ""),
        ("Change", "/?sort=-change", ""),
    ]
    by_visitors = headings(State(sort=Sort("visitors", descending=True)), "/")
    assert [(each.url, each.order) for each in by_visitors][::2] == [("/", ""), ("/?sort=visitors", "descending")]


def test_a_row_says_what_is_known() -> None:
    """And a dash where nobody can tell; without a line where there were no visitors."""
    known = row(MEASURED[0]._replace(days=(1, 2, 3)), "b.example", "/", ENGLISH)
    assert (known.url, known.here, known.today) == ("/?site=b.example", "2", "10")
    assert (known.change is not None and known.change.text, "6 visitors, 3 on the best day" in (known.line or "")) == (
        "100\u00a0%",
        True,
    )
    unknown = row(MEASURED[1], "a.example", "/", ENGLISH)
    assert (unknown.here, unknown.today, unknown.change, unknown.line) == ("\u2013", "\u2013", None, None)


async def test_today_ends_now_and_so_does_yesterday(postgres_database: str) -> None:
    """Three came today until ten, one yesterday until ten and one after it; somebody is there now."""
    now = LONG_AGO + 40 * DAY + 10 * HOUR
    async with page_world(postgres_database, clock=SetClock(now)) as world:
        for at in (now - 26 * HOUR, now - 20 * HOUR, now - 3 * HOUR, now - 2 * HOUR, now - 1_000):
            await visit(world.dsn, world.site.id, at=at)
        world.make_site("quiet.example")
        page = (await world.client.get("/")).text
        rows = [_cells(text) for text in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)]
        assert rows[1][:4] == ["example.com", "1", "3", "up 200\u00a0%"]
        assert "2 visitors, 2 on the best day" in page
        assert rows[2] == ["quiet.example", "0", "0", "", "none yet"]
        assert [found[0] for found in map(_cells, re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL))][1:] == [
            "example.com",
            "quiet.example",
        ]
        turned = (await world.client.get("/?sort=-name")).text
        assert turned.index("quiet.example") < turned.index("example.com</a>")


async def test_many_sites_are_on_several_pages(page_world_: PageWorld) -> None:
    """By name; the page stands in the address."""
    for number in range(PER_PAGE):
        page_world_.make_site(f"{number:03}.example")
    first = (await page_world_.client.get("/")).text
    second = (await page_world_.client.get("/?p=2")).text
    assert ("000.example" in first, "example.com" in first) == (True, False)
    assert ("000.example" in second, ">example.com</a>" in second) == (False, True)


async def test_sites_of_others_are_not_listed(page_world_: PageWorld) -> None:
    """Nor whether there are any."""
    page_world_.make_site("mine.example")
    page_world_.make_site("theirs.example", account="strangers")
    page = (await page_world_.client.get("/")).text
    assert ("mine.example" in page, "theirs.example" in page) == (True, False)


def _cells(text: str) -> list[str]:
    """The texts of a row's cells."""
    found = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", "", each).split(" ")).strip() for each in found]
