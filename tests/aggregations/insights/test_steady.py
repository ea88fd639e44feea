"""Sites where nothing happens: of steady traffic, and of traffic with ups and downs of its own, little is said."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from aggregations.insights.facts import TRAITS
from aggregations.insights.finding import signals
from core.subjects import Subject
from tests.aggregations.insights.weeks import facts, hours, poisson, week

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregations.insights.facts import Facts, Week

NIGHTS: Final = 100
WEEKS: Final = 5
#: The levels of the five kinds, put together, allow four on average.
_MOST: Final = 5
#: What part of a week's hits each day of it has, and of a day's each hour.
_DAYS: Final = (0.1, 0.17, 0.18, 0.17, 0.16, 0.12, 0.1)
_HOURS: Final = [1 + (7 <= hour < 23) * 2 + (18 <= hour < 21) * 2 for hour in range(24)]
#: Parts that pages have of the hits, and values of the visits.
_PAGES: Final = [1 / rank for rank in range(1, 61)]
_VALUES: Final = [0.5, 0.25, 0.12, 0.08, 0.05]


def night(random: Random, hits: float, *, ups_and_downs: float = 0.0) -> Facts:
    """The facts of a night of a site of so many hits a week; each day has its own factor up to so far from 1."""
    factors = [1 + ups_and_downs * (2 * random.random() - 1) for _ in range(7 * WEEKS)]
    counts = [
        [poisson(random, hits * _DAYS[day % 7] * factor * part / sum(_HOURS)) for part in _HOURS]
        for day, factor in enumerate(factors)
    ]
    flat = [count for day in counts for count in day]
    weeks = [
        _week(random, number, [sum(day) for day in counts[7 * (WEEKS - 1 - number) :][:7]]) for number in range(WEEKS)
    ]
    return facts(*weeks, hours=hours([*flat[1:], poisson(random, hits * _DAYS[0] * _HOURS[0] / sum(_HOURS))]))


def _week(random: Random, number: int, days: Sequence[int]) -> Week:
    visits = sum(days) // 2
    pages = _counts(random, sum(days), _PAGES, "/{}")
    return week(
        number,
        days=days,
        visits=visits,
        pages=pages,
        sources=_counts(random, visits, _VALUES, "{}.example"),
        audience={trait: _counts(random, visits, _VALUES, "{}") for trait in TRAITS},
    )


def _counts(random: Random, whole: int, parts: Sequence[float], name: str) -> dict[str, int]:
    return dict(Counter(name.format(n) for n in random.choices(range(len(parts)), parts, k=whole)))


@pytest.mark.parametrize(("hits", "ups_and_downs"), [(30, 0.0), (200, 0.0), (400, 0.5)])
def test_alarms_of_nothing_are_rare(hits: int, ups_and_downs: float) -> None:
    """Whatever its size, and whether its days are alike: of a hundred nights few have a signal."""
    random = Random(7)  # noqa: S311 - traffic, not secrets
    told = [night(random, hits, ups_and_downs=ups_and_downs) for _ in range(NIGHTS)]
    alarms = Counter(bool(signals(each)) for each in told)
    assert alarms[True] <= _MOST


def test_something_is_found_in_the_same_noise() -> None:
    """A week of half as many hits again, and a page that has five times its own, are seen nearly always."""
    random = Random(7)  # noqa: S311 - traffic, not secrets
    seen = Counter[str]()
    for _ in range(20):
        quiet = night(random, 1_000)
        now = quiet.week
        pages = {**now.pages, "/20": 5 * max(now.pages.get("/20", 0), 10)}
        days = [count * 3 // 2 for count in now.days]
        louder = week(days=days, visits=now.visits, pages=pages, sources=now.sources, audience=now.audience)
        found = signals(facts(louder, *quiet.earlier, hours=quiet.hours))
        seen.update({signal.subject or signal.kind.value for signal in found})
    assert min(seen["traffic_change"], seen["/20"]) >= 19
    assert Subject.PAGE not in seen
