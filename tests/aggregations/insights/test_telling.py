"""The sentences: of known numbers to the letter, and what must hold of any."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregations.insights.facts import TRAITS
from aggregations.insights.finding import MOST, signals
from aggregations.insights.telling import document
from aggregations.insights.wording import about, count, decimal, listing, percent, short, times
from tests.aggregations.insights.weeks import DAY_OF, facts, hours, spread, week

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregations.insights.facts import Facts, Week


def said(given: Facts) -> dict[str, Any]:
    """What is said of the facts."""
    return document(given, signals(given))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (count(0, "hit"), "0 hits"),
        (count(1, "hit"), "1 hit"),
        (count(1_234, "hit"), "1,234 hits"),
        (about(1.0, "hit"), "1 hit"),
        (about(0.96, "hit"), "1 hit"),
        (about(1.25, "hit"), "1.2 hits"),
        (about(12.6, "hit"), "13 hits"),
        (decimal(9.96), "10"),
        (decimal(0.04), "0"),
        (times(5.24), "5.2 times"),
        (times(1_200.4), "1,200 times"),
        (percent(0, 5), "0%"),
        (percent(1, 1_000), "less than 1%"),
        (percent(1, 200), "1%"),
        (percent(0, 0), "0%"),
        (percent(4_400, 100), "4,400%"),
        (listing(["a"]), "a"),
        (listing(["a", "b"]), "a and b"),
        (listing(["a", "b", "c"]), "a, b and c"),
        (short("/blog"), "/blog"),
        (short("/" + "x" * 60), "/" + "x" * 58 + "…"),
        (short("/a\nb\u202ec"), "/a?b?c"),
    ],
)
def test_words(found: str, expected: str) -> None:
    """Plurals, thousands, and names that somebody made up."""
    assert expected == found


#: 24 hours of a day, most of them in the evening.
_EVENINGS: Final = [0] * 18 + [10, 10, 10] + [1] * 3


def test_a_week_in_words() -> None:
    """All that the API shows of it."""
    days = (33, 33, 33, 33, 50, 50, 33)
    pages = {"/": 120, "/blog/rails": 104, "/about": 30, "/x": 11}
    earlier = [week(number, days=spread(200), pages={"/": 120, "/blog/rails": 20, "/about": 30}) for number in (1, 2)]
    given = facts(week(days=days, pages=pages), *earlier, hours=hours([*_EVENINGS * 7, 0]))
    found = said(given)
    assert {name: found[name] for name in found if name != "signals"} == {
        "summary": "Traffic is up 33% this week. /blog/rails has 5.2 times its usual hits.",
        "traffic_patterns": "Wednesday and Thursday were the busiest days, with 91% of the week's hits between 18:00"
        " and 21:00 (UTC).",
        "best_content": "/ was seen most, with 120 hits (45% of all), before /blog/rails with 104 and /about with 30."
        " /blog/rails gets far more attention than usual.",
        "recommendations": "Keep an eye on /blog/rails, and link from it to what matters to you while the attention"
        " lasts. See which sources and pages brought the additional hits, and do more of what worked.",
    }
    assert [signal["type"] for signal in found["signals"]] == ["page_breakout", "traffic_change"]


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        (
            [week(days=spread(52))],
            "The site picked up 52 hits in the last 7 days; there is no whole week before to compare them with",
        ),
        (
            [week(days=spread(14)), week(1, days=spread(10))],
            "The site picked up 14 hits in the last 7 days, 10 the week before",
        ),
        (
            [week(days=spread(14)), week(1, days=spread(14))],
            "The site picked up 14 hits in the last 7 days, as many as the week before",
        ),
    ],
)
def test_a_summary_of_nothing(weeks: list[Week], expected: str) -> None:
    """Of a week in which nothing happens."""
    assert f"{expected}. Nothing stood out." == said(facts(*weeks))["summary"]


def test_a_summary_of_one_thing() -> None:
    """Of a week in which just one thing happens."""
    given = facts(week(days=spread(140)), week(1, days=spread(14)))
    assert said(given)["summary"] == "Traffic is up 900% this week."


def test_a_week_like_any_other() -> None:
    """Nothing is made up to have something to say."""
    found = said(facts(week(days=spread(70)), week(1, days=spread(70)), hours=hours([1] * 24 * 8)))
    assert found["traffic_patterns"] == "Hits were spread evenly over the days, and no time of the day stood out."
    assert found["recommendations"] == "Nothing asks for attention."
    assert found["best_content"] == "No page was seen."


def test_a_busy_day_of_a_quiet_week() -> None:
    """One day, and what it is good for."""
    found = said(facts(week(days=(1, 1, 9, 1, 1, 1, 1), pages={"/": 1})))
    assert found["traffic_patterns"].startswith("Monday was the busiest day, ")
    assert found["recommendations"] == (
        "Nothing asks for attention. Most people came on Monday: a good time for something new."
    )
    assert found["best_content"] == "/ was seen most, with 1 hit (7% of all)."


_COUNTS: Final = st.integers(0, 5_000)
_NAMES: Final = st.sampled_from(["", "/", "/a", "/b\n", "/" + "x" * 100, "a.example", "mobile"])


def _mappings(names: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(names, _COUNTS, max_size=5)


@st.composite
def _weeks(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[Week]:
    return [
        week(
            number,
            days=draw(st.lists(_COUNTS, min_size=7, max_size=7)),
            visits=draw(_COUNTS),
            pages=draw(_mappings(_NAMES)),
            sources=draw(_mappings(_NAMES)),
            audience={trait: draw(_mappings(_NAMES)) for trait in TRAITS},
        )
        for number in range(draw(st.integers(1, 5)))
    ]


def _turned(counts: Mapping[str, int], random: Random) -> dict[str, int]:
    """The same in another order."""
    items = list(counts.items())
    random.shuffle(items)
    return dict(items)


@given(_weeks(), st.lists(_COUNTS, max_size=24 * 30), st.integers(0, 1_000))
def test_the_same_numbers_have_the_same_words(weeks: list[Week], last: list[int], seed: int) -> None:
    """In whatever order they come; the words are JSON, scores are within bounds, and no line is broken."""
    random = Random(seed)  # noqa: S311 - an order, no secret
    first = facts(*weeks, hours=hours(last))
    turned = [
        replace(
            each,
            pages=_turned(each.pages, random),
            sources=_turned(each.sources, random),
            audience={trait: _turned(each.audience[trait], random) for trait in reversed(TRAITS)},
        )
        for each in weeks
    ]
    found = said(first)
    assert found == json.loads(json.dumps(said(replace(first, weeks=tuple(turned)))))
    assert len(found["signals"]) <= MOST
    for signal in found["signals"]:
        assert 0 <= signal["importance_score"] <= 100
        assert signal["window"]["started_at"] < signal["window"]["ended_at"]
        assert "\n" not in signal["headline"] + signal["summary"]
    assert "\n" not in found["summary"] + found["best_content"] + found["recommendations"]


def test_weekdays_are_those_of_the_days() -> None:
    """Whichever day the week ends with."""
    shifted = replace(week(days=(9, 1, 1, 1, 1, 1, 1)), first=DAY_OF - timedelta(days=4))
    assert said(facts(shifted))["traffic_patterns"].startswith("Monday was the busiest day, ")
