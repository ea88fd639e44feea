"""Audience shift: a country, device, browser or channel that has another share of the visits than usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from aggregations.insights.evidence import Share, chance_of_either, dispersion_of_shares, share_score
from aggregations.insights.facts import TRAITS
from aggregations.insights.scoring import importance
from aggregations.insights.signals import Signal, SignalKind
from aggregations.insights.wording import percent, short
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aggregations.insights.facts import Facts

#: Weeks without which nothing is usual.
LEAST_WEEKS: Final = 2
#: Visits of the week, and of the earlier ones together, without which shares say little.
LEAST_VISITS: Final = 100
#: How much a share has to differ, in points of percent.
LEAST_POINTS: Final = 5
#: How likely chance alone may be at most that any value is told of: each is held to this by the number of values of all
#: traits (Bonferroni).
LEVEL: Final = 0.01
#: How many are told of, each of another trait: what one value gains others lose.
MOST: Final = 2


class _Shift(NamedTuple):
    trait: Subject
    value: str
    now: Share
    usual: Share
    score: float

    @property
    def change(self) -> float:
        return round(self.now.value - self.usual.value, 9)  # what one value gains another may lose, to the letter

    @property
    def importance(self) -> int:
        return importance(reach=abs(self.change), score=self.score, now=self.now.value, usual=self.usual.value)


def find(facts: Facts) -> list[Signal]:
    """Return the shifts: of each trait the one of most points, two-sided; what is not known is no value."""
    if len(facts.earlier) < LEAST_WEEKS:
        return []
    values = {trait: _values(facts, trait) for trait in TRAITS}
    tested = sum(map(len, values.values()))
    found = [
        max(shifts, key=lambda shift: (abs(shift.change), shift.change, shift.value))
        for trait in TRAITS
        if (shifts := list(_shifts(facts, trait, values[trait], tested)))
    ]
    found.sort(key=lambda shift: (-shift.importance, shift.trait, shift.value))
    return [_signal(shift, facts) for shift in found[:MOST]]


def _values(facts: Facts, trait: Subject) -> list[str]:
    return sorted({value for week in facts.weeks for value in week.audience[trait]} - {""})


def _shifts(facts: Facts, trait: Subject, values: list[str], tested: int) -> Iterator[_Shift]:
    visits = [_whole(week.audience[trait]) for week in facts.weeks]
    if min(visits[0], sum(visits[1:])) < LEAST_VISITS:
        return
    for value in values:
        now, *past = (
            Share(week.audience[trait].get(value, 0), of) for week, of in zip(facts.weeks, visits, strict=True)
        )
        usual = Share(sum(share.part for share in past), sum(visits[1:]))
        score = share_score(now, usual, dispersion=dispersion_of_shares(past))
        shift = _Shift(trait, value, now, usual, score)
        if 100 * abs(shift.change) >= LEAST_POINTS and chance_of_either(score) * tested < LEVEL:
            yield shift


def _whole(visits: Mapping[str, int]) -> int:
    return sum(visits.values())


def _signal(shift: _Shift, facts: Facts) -> Signal:
    rose = shift.change > 0
    visits = _visits(shift.trait, short(shift.value))
    now, usual = percent(*shift.now), percent(*shift.usual)
    return Signal(
        kind=SignalKind.AUDIENCE_SHIFT,
        subject=f"{shift.trait}={shift.value}",
        headline=f"The share of {visits} {'rose' if rose else 'fell'} from {usual} to {now}",
        summary=f"{visits[0].upper()}{visits[1:]} made up {now} of all in the last 7 days; {usual} were usual"
        f" in the {len(facts.earlier)} weeks before.",
        advice=_ADVICE[shift.trait].format(visits=visits),
        score=shift.importance,
        begin=facts.week.begin,
        end=facts.week.end,
        payload={
            "dimension": shift.trait.value,
            "value": shift.value,
            "direction": "increase" if rose else "decrease",
            "current_visits": shift.now.part,
            "current_percentage": round(100 * shift.now.value, 1),
            "usual_percentage": round(100 * shift.usual.value, 1),
            "change_in_points": round(100 * shift.change, 1),
        },
    )


_ADVICE: Final[Mapping[Subject, str]] = {
    Subject.COUNTRY: "Filter the reports by country to see what the {visits} are about.",
    Subject.DEVICE: "Try your most important pages the way the {visits} see them.",
    Subject.BROWSER: "Try your most important pages the way the {visits} see them.",
    Subject.CHANNEL: "Look at the sources behind the {visits}.",
}


def _visits(trait: Subject, value: str) -> str:
    match trait:
        case Subject.COUNTRY:
            return f"visits from {value}"
        case Subject.DEVICE:
            return f"{value} visits"
        case Subject.BROWSER:
            return f"visits with {value}"
        case _:
            return f"visits from the channel {value}"
