"""The five numbers."""

from __future__ import annotations

from datetime import date

from babel import Locale

from aggregations.answers import Before, Summary
from api.dashboard.choices import PageMetric
from api.dashboard.metrics import numbers_of
from api.dashboard.numbers import Verdict
from api.dashboard.state import State
from core.comparisons import Other
from core.metrics import Totals
from core.ranges import Days

_DAYS = Days(first=date(2026, 10, 23), last=date(2026, 11, 21))
_OTHER = Other(days=Days(first=date(2026, 9, 23), last=date(2026, 10, 22)), shift=30)
_NOW = Totals(views=983_400, visits=41_052, visitors=34_218, rated=1_000, bounces=423, duration_ms=185_000_000)
_THEN = Totals(views=865_670, visits=36_917, visitors=30_964, rated=1_000, bounces=441, duration_ms=172_000_000)
_ENGLISH = Locale.parse("en")


def test_each_number_is_a_link_that_puts_it_into_the_chart() -> None:
    """With its value, what it was and how it changed: fewer bounces are good."""
    summary = Summary(days=_DAYS, totals=_NOW, before=Before(other=_OTHER, found=_THEN))
    found = numbers_of(summary, State(metric=PageMetric.BOUNCE), _ENGLISH, is_utc=True)

    assert [PageMetric.VISITORS, *PageMetric][1:] == [number.state.metric for number in found]
    assert [number.chosen for number in found] == [False, False, False, True, False]
    expected = ["34,218", "41,052", "983k", "42.3\u00a0%", "3m\u00a005s"]
    assert expected == [number.text for number in found]
    assert found[2].exact == "983,400"
    assert [number.before for number in found] == ["30,964", "36,917", "866k", "44.1\u00a0%", "2m\u00a052s"]
    changes = [number.change for number in found if number.change]
    assert [change.text for change in changes] == ["11\u00a0%", "11\u00a0%", "14\u00a0%", "1.8\u00a0pt", "8\u00a0%"]
    assert {Verdict.GOOD} == {change.verdict for change in changes}


def test_without_anything_before_there_is_no_change() -> None:
    """Neither where nothing is compared nor where the site had nothing yet."""
    nothing: Before[Totals] = Before(other=_OTHER, found=None)
    for before in (None, nothing):
        found = numbers_of(Summary(days=_DAYS, totals=_NOW, before=before), State(), _ENGLISH, is_utc=True)
        assert [(number.change, number.before) for number in found] == [(None, "")] * 5


def test_visitors_say_how_they_are_counted() -> None:
    """And that days may add up to more than the period, where the site's days are not those of UTC."""
    hints = [
        [number.hint for number in numbers_of(Summary(days=_DAYS, totals=_NOW), State(), _ENGLISH, is_utc=is_utc)]
        for is_utc in (True, False)
    ]
    assert [[bool(hint) for hint in each] for each in hints] == [[True, False, False, False, False]] * 2
    assert "more than the period" not in hints[0][0]
    assert "more than the period" in hints[1][0]
