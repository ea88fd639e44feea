"""The report of breakdowns, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from aggregations.answers import Before
from aggregations.tables import Breakdown, Order, Row, Table
from api.dialects.tinytrail import breakdown
from core.errors import InvalidInput
from core.metrics import Totals
from core.subjects import Column, Subject
from tests.api.tinytrail.test_reports import FixedReports, client, get, rolled

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from core.comparisons import Other
    from core.query import Query

__all__ = ("client", "rolled")

GERMANY: Final = Totals(views=30, visits=10, visitors=8, rated=10, bounces=4, duration_ms=1_850_000)
WHOLE: Final = Totals(views=60, visits=20, visitors=15, rated=20, bounces=5, duration_ms=2_000_000)


class Broken(FixedReports):
    """Answers every breakdown with two rows."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []

    async def breakdowns(
        self, query: Query, tables: Sequence[Table], *, other: Other | None = None
    ) -> tuple[Breakdown, ...]:
        """Germany, and the unknown, which was not there before."""
        self.asked.append(query)
        self.tables += tables
        (table,) = tables
        then = self._before(other, WHOLE)
        known = then is not None and then.found is not None
        names = [tuple("=" + name for name in table.subject.names), ("",) * len(table.subject.names)]
        befores = (GERMANY._replace(views=20, visits=5, visitors=4), Totals()) if known else (None, None)
        rows = tuple(
            Row(name, totals, before)
            for name, totals, before in zip(
                names, (GERMANY, Totals(views=1, visits=1, visitors=1)), befores, strict=True
            )
        )
        whole = None if then is None else Before(other=then.other, found=WHOLE if known else None)
        return (Breakdown(days=query.days, subject=table.subject, rows=rows, count=2, totals=WHOLE, before=whole),)


@pytest.fixture
def reports() -> Broken:
    """The service behind the routes."""
    return Broken()


async def test_rows_have_all_that_is_known(client: httpx.AsyncClient, reports: Broken) -> None:
    """And the whole, and how many there are."""
    answer = await get(client, "breakdown", by="country", page="2", per_page="10", period="today")
    assert answer.json()["data"] == {
        "period": {"start": "2026-03-01", "end": "2026-03-01"},
        "by": "country",
        "page": 2,
        "per_page": 10,
        "total_rows": 2,
        "totals": {
            "unique_visitors": 15,
            "visits": 20,
            "pageviews": 60,
            "bounce_rate": 25.0,
            "avg_session_duration_sec": 100,
        },
        "rows": [
            {
                "country": "=country",
                "unique_visitors": 8,
                "visits": 10,
                "pageviews": 30,
                "bounce_rate": 40.0,
                "avg_session_duration_sec": 185,
            },
            {
                "country": "",
                "unique_visitors": 1,
                "visits": 1,
                "pageviews": 1,
                "bounce_rate": 0,
                "avg_session_duration_sec": 0,
            },
        ],
    }
    (table,) = reports.tables
    assert (table.limit, table.offset, table.order, table.matches) == (10, 10, None, None)


async def test_rows_are_compared_in_what_orders_them(client: httpx.AsyncClient, reports: Broken) -> None:
    """What was not there is new; without data then, nothing is said."""
    data = (await get(client, "breakdown", by="entry", compare="previous", period="yesterday")).json()["data"]
    assert data["comparison"] == "2026-02-27 to 2026-02-27"
    assert [(row["visits"], row["previous"], row["change_pct"]) for row in data["rows"]] == [
        (10, 5, 100),
        (1, 0, "new"),
    ]
    reports.had_data = False
    data = (await get(client, "breakdown", by="entry", compare="year")).json()["data"]
    assert [(row["previous"], row["change_pct"]) for row in data["rows"]] == [(None, None), (None, None)]


async def test_a_file_has_the_same_rows(client: httpx.AsyncClient) -> None:
    """With a column for each name, and no formula in it."""
    answer = await get(client, "breakdown", by="city", format="csv", compare="previous", period="today")
    assert "breakdown-city-2026-03-01" in answer.headers["content-disposition"]
    assert answer.text.split("\r\n")[:2] == [
        "country,region,city,unique_visitors,visits,pageviews,bounce_rate,avg_session_duration_sec,previous,change_pct",
        "'=country,'=region,'=city,8,10,30,40.0,185,4,100.0",
    ]


async def test_events_are_counted(client: httpx.AsyncClient) -> None:
    """By themselves, not as views."""
    data = (await get(client, "breakdown", by="event")).json()["data"]
    assert data["rows"][0] == {"event": "=event", "count": 30, "unique_visitors": 8}


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("-bounce", Order(Column.BOUNCE, descending=True)),
        ("duration", Order(Column.DURATION, descending=False)),
        ("name", Order(Column.NAME, descending=False)),
        ("-change", Order(Column.CHANGE, descending=True)),
        ("", None),
    ],
)
def test_rows_are_sorted_by_a_column(sort: str, order: Order | None) -> None:
    """The greatest first with a minus in front."""
    given = {"by": "page", "sort": sort}
    assert order == breakdown.wanted(given, {"limit": 1, "offset": 0}).order


def test_a_search_is_of_any_name() -> None:
    """In upper or lower case."""
    table = breakdown.wanted({"by": "city", "search": "BER"}, {"limit": 1, "offset": 0})
    assert table.matches is not None
    assert [table.matches(names) for names in (("DE", "Berlin", ""), ("BE", "R", ""), ("", "", "aber"))] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "by must be one of page, entry, "),
        ({"by": "colour"}, "by must be one of page, entry, "),
        ({"by": "exit", "sort": "-bounce"}, "sort must be one of name, visits, change, with a minus in front"),
        ({"by": "exit", "sort": "--visits"}, "sort must be one of name, visits, change, with a minus in front"),
        ({"by": "page", "search": "a" * 1025}, "search must be at most 1024 characters"),
        ({"by": "page", "search": "a\0"}, "search must not contain U\\+0000"),
    ],
)
def test_what_is_not_understood_is_refused(given: dict[str, str], message: str) -> None:
    """The message says what to send."""
    with pytest.raises(InvalidInput, match=message):
        breakdown.wanted(given, {"limit": 1, "offset": 0})


async def test_a_breakdown_has_no_goals(client: httpx.AsyncClient) -> None:
    """It says so."""
    answer: Any = await get(client, "breakdown", by="page", goal="Signed up")
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "goal: the report breakdown has no goals")


def test_every_subject_says_what_its_names_are() -> None:
    """No number is called like a name."""
    for subject in Subject:
        table = breakdown.breakdown_table(
            Breakdown(days=None, subject=subject, rows=(), count=0, totals=Totals())  # type: ignore[arg-type]  # no days
        )
        assert len(set(table.columns)) == len(table.columns)
