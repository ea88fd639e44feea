"""When alerts fire, and what is told of it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import pytest

from core.alerts import Alert, AlertMetric, AlertState, Condition, Operator, check, check_condition, compose
from core.errors import InvalidInput
from core.messages import MessageKind
from core.spans import HOUR

NOW: Final = 1_795_000_000_000
FEW: Final = Condition(AlertMetric.VISITORS, Operator.LT, 10.0)
MANY: Final = Condition(AlertMetric.PAGEVIEWS, Operator.GTE, 1_000.5)


def told(values: list[int], *, condition: Condition = FEW, site_from: int = 0) -> list[str]:
    """What is told of values that are found hour by hour, as `hour:kind`."""
    state, said = AlertState(), []
    for hour, value in enumerate(values):
        state, kind = check(condition, state, value, NOW + hour * HOUR, site_from=site_from)
        said += [] if kind is None else [f"{hour}:{kind}"]
    return said


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([10, 11, 10], []),
        ([9], ["0:alert"]),
        ([9] * 60, ["0:alert", "24:alert", "48:alert"]),
        ([9, 9, 10, 10], ["0:alert", "2:alert_cleared"]),
        # Coming and going: told once a day, and of no end that had no beginning.
        ([9, 10] * 13, ["0:alert", "1:alert_cleared", "24:alert", "25:alert_cleared"]),
        ([9, 10, 9, 9, 10], ["0:alert", "1:alert_cleared"]),
        ([9, 10, *[9] * 24, 10], ["0:alert", "1:alert_cleared", "24:alert", "26:alert_cleared"]),
    ],
)
def test_it_is_told_once_a_day_and_when_it_is_over(values: list[int], expected: list[str]) -> None:
    """Whatever happens in between."""
    assert expected == told(values)


def test_what_fires_says_since_when() -> None:
    """And what does not, only what was found."""
    first, _ = check(FEW, AlertState(), 3, NOW, site_from=0)
    later, _ = check(FEW, first, 4, NOW + HOUR, site_from=0)
    assert later == AlertState(value=4, checked_at=NOW + HOUR, firing_since=NOW, told_at=NOW, is_told=True)
    over, _ = check(FEW, later, 10, NOW + 2 * HOUR, site_from=0)
    assert over == AlertState(value=10, checked_at=NOW + 2 * HOUR, told_at=NOW)


def test_a_new_site_has_too_few_of_nothing() -> None:
    """Its first day is not over; what is too much of is told at once."""
    assert told([0] * 25, site_from=NOW) == ["24:alert"]
    assert told([5], condition=FEW._replace(operator=Operator.LTE), site_from=NOW) == []
    assert told([2_000], condition=MANY, site_from=NOW) == ["0:alert"]


@pytest.mark.parametrize(
    ("operator", "held"), [("lt", [True, False, False]), ("lte", [True, True, False]), ("gt", [False, False, True])]
)
def test_a_number_is_compared_with_the_threshold(operator: str, held: list[bool]) -> None:
    """Below it, at it, and above it."""
    condition = check_condition("visitors", operator, 10)
    assert held == [condition.holds(value) for value in (9, 10, 11)]
    assert [condition._replace(operator=Operator.GTE).holds(value) for value in (9, 10, 11)] == [False, True, True]


@pytest.mark.parametrize(
    ("metric", "operator", "threshold", "error"),
    [
        ("bounces", "lt", 1, "metric must be one of visitors, pageviews"),
        ("visitors", "<", 1, "operator must be one of lt, gt, lte, gte"),
        ("visitors", "gt", -1, "threshold must be a number from 0 to 1000000000000"),
        ("visitors", "gt", float("nan"), "threshold must be a number from 0 to 1000000000000"),
        ("visitors", "gt", float("inf"), "threshold must be a number from 0 to 1000000000000"),
        ("visitors", "lt", 0, "threshold must be more than 0 with lt: nothing is less than 0"),
    ],
)
def test_what_cannot_be_watched_is_refused(metric: str, operator: str, threshold: float, error: str) -> None:
    """With a sentence that says what to send."""
    with pytest.raises(InvalidInput, match=f"^{error}$"):
        check_condition(metric, operator, threshold)


def test_a_message_says_what_was_found_and_what_was_asked() -> None:
    """For people in a sentence, for programs in fields."""
    alert = Alert(
        id=UUID(int=1), number=1, site=7, condition=MANY, email="", webhook="", created_at=NOW, state=AlertState()
    )
    fires, over = (
        compose(kind, alert, "example.com", value)
        for kind, value in ((MessageKind.ALERT, 12_345), (MessageKind.ALERT_CLEARED, 1))
    )
    assert fires.title == "example.com: 12,345 page views in 24 hours, at least 1,000.5"
    assert over.title == "example.com: 1 page view in 24 hours, no longer at least 1,000.5"
    assert over.text == "example.com had 1 page view in the last 24 hours: no longer at least 1,000.5."
    assert dict(fires.data) == {
        "alert": str(UUID(int=1)),
        "domain": "example.com",
        "site_id": 7,
        "metric": "pageviews",
        "operator": "gte",
        "threshold": 1_000.5,
        "value": 12_345,
        "firing": True,
    }
