"""Each kind of signal right at its thresholds: found, and by a hair not found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from aggregations.insights import audience_shift, live_spike, page_breakout, referrer_surge, traffic_change
from aggregations.insights.finding import MOST, signals
from aggregations.insights.signals import SignalKind
from core.spans import HOUR
from core.subjects import Subject
from tests.aggregations.insights.weeks import EVEN, MIDNIGHT, facts, hours, spread, week

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Two quiet days and a wild one: Poisson counts would not differ so much.
WILD: Final = (10, 10, 100, 40, 20, 90, 26)
TAME: Final = (90, 26, 20, 40, 100, 10, 10)


@pytest.mark.parametrize(
    ("now", "past", "found"),
    [
        (378, [296, 296, 296], True),
        (296, [378, 378, 378], True),
        (1_199, [1_000], False),  # less than 20 %
        (1_200, [1_000], True),
        (800, [1_000], True),
        (801, [1_000], False),
        (39, [20], False),  # less than 20 hits
        (40, [20], True),
        (20, [0], True),
        (19, [0], False),
        (80, [60], False),  # a third more, but chance does so
        (300, [], False),  # nothing to compare with
        (300, [300, 10, 10], False),  # only the week before counts
    ],
)
def test_traffic_change(now: int, past: Sequence[int], *, found: bool) -> None:
    """A week's hits against those of the week before."""
    given = facts(*(week(number, days=spread(hits)) for number, hits in enumerate([now, *past])))
    assert found == bool(traffic_change.find(given))


def test_traffic_that_always_varies_has_not_changed() -> None:
    """The same two weeks are a change where days are steady, and none where they never are."""
    now, then = week(days=spread(378)), week(1, days=WILD)
    assert traffic_change.find(facts(now, then, week(2, days=TAME))) == []
    steady = facts(now, week(1, days=spread(296)), week(2, days=spread(296)))
    assert [signal.kind for signal in traffic_change.find(steady)] == [SignalKind.TRAFFIC_CHANGE]
    # That Mondays are not Sundays is no noise.
    weekly = facts(now, then, week(2, days=WILD), week(3, days=WILD))
    assert len(traffic_change.find(weekly)) == 1


def test_what_is_said_of_a_change() -> None:
    """The numbers, the words and the score."""
    (signal,) = traffic_change.find(facts(week(days=spread(378)), week(1, days=spread(296))))
    assert signal.document() == {
        "type": "traffic_change",
        "headline": "Traffic is up 28% this week",
        "summary": "The site picked up 378 hits in the last 7 days, up from 296 the week before.",
        "importance_score": 64,
        "window": {"started_at": "2026-02-07T00:00:00Z", "ended_at": "2026-02-14T00:00:00Z"},
        "payload_excerpt": {
            "direction": "increase",
            "current_hits": 378,
            "previous_hits": 296,
            "absolute_change": 82,
            "change_percentage": 27.7,
        },
    }


@pytest.mark.parametrize(
    ("now", "then", "headline", "summary", "percentage"),
    [
        (
            *(50, 1_000, "Traffic is down 95% this week"),
            *("The site picked up 50 hits in the last 7 days, down from 1,000 the week before.", -95.0),
        ),
        (
            *(50, 0, "Traffic is back this week"),
            *("The site picked up 50 hits in the last 7 days, after none the week before.", None),
        ),
        (
            *(4_500, 100, "Traffic is up 4,400% this week"),
            *("The site picked up 4,500 hits in the last 7 days, up from 100 the week before.", 4_400.0),
        ),
    ],
)
def test_other_changes(now: int, then: int, headline: str, summary: str, percentage: float | None) -> None:
    """Down, after nothing, and by much."""
    (signal,) = traffic_change.find(facts(week(days=spread(now)), week(1, days=spread(then))))
    assert (headline, summary) == (signal.headline, signal.summary)
    assert percentage == signal.payload["change_percentage"]


@pytest.mark.parametrize(
    ("now", "past", "found"),
    [
        (40, [20, 20, 20, 20], True),
        (39, [20, 20, 20, 20], False),  # less than 20 more
        (120, [61], False),  # less than twice as many
        (122, [61], True),
        (20, [0, 0, 0, 0], True),
        (19, [0, 0, 0, 0], False),
        (100, [200, 0, 0, 0], False),  # it always comes and goes
        (100, [50, 50, 50, 50], True),
        (100, [], False),
    ],
)
def test_page_breakout(now: int, past: Sequence[int], *, found: bool) -> None:
    """A page's hits against those of its own usual week."""
    earlier = [week(number, pages={"/a": hits}) for number, hits in enumerate(past, 1)]
    given = facts(week(pages={"/a": now}), *earlier)
    assert found == bool(page_breakout.find(given))


def test_a_page_is_one_of_many() -> None:
    """What is remarkable of one page happens by chance among thousands; and it must matter to the site."""
    earlier = [week(number, pages={"/a": 20}) for number in (1, 2)]
    assert page_breakout.find(facts(week(pages={"/a": 45}), *earlier))
    assert page_breakout.find(facts(week(pages={"/a": 45}, page_count=2_000), *earlier)) == []
    assert page_breakout.find(facts(week(pages={"/a": 45}, days=spread(1_300)), *earlier)) == []


def test_a_page_shares_the_noise_of_its_site() -> None:
    """Where the site's days vary wildly, so does a page that most of them are made of."""
    pages: Mapping[str, int] = {"/a": 40}
    steady = facts(week(pages={"/a": 85}), week(1, pages=pages), week(2, pages=pages))
    wild = facts(week(pages={"/a": 85}), week(1, days=WILD, pages=pages), week(2, days=TAME, pages=pages))
    assert (len(page_breakout.find(steady)), len(page_breakout.find(wild))) == (1, 0)


def test_what_is_said_of_breakouts() -> None:
    """Known pages and new ones, three at most."""
    now = {"/blog/rails": 104, "/new": 50, "/c": 45, "/d": 44, "/old": 30}
    earlier = [week(number, pages={"/blog/rails": 20, "/old": 30}) for number in range(1, 5)]
    found = page_breakout.find(facts(week(pages=now), *earlier))
    assert [signal.subject for signal in found] == ["/blog/rails", "/new", "/c"]
    assert [signal.headline for signal in found[:2]] == [
        "/blog/rails has 5.2 times its usual hits",
        "/new breaks out with 50 hits",
    ]
    assert [signal.summary for signal in found[:2]] == [
        "/blog/rails picked up 104 hits in the last 7 days; 20 hits a week were usual in the 4 weeks before.",
        "/new picked up 50 hits in the last 7 days, after none in the 4 weeks before.",
    ]
    assert [signal.payload for signal in found[:2]] == [
        {"path": "/blog/rails", "current_hits": 104, "usual_hits": 20.0, "absolute_change": 84.0, "times_usual": 5.2},
        {"path": "/new", "current_hits": 50, "usual_hits": 0.0, "absolute_change": 50.0, "times_usual": None},
    ]


@pytest.mark.parametrize(
    ("host", "now", "usual", "found"),
    [
        ("news.example", 10, 0, True),
        ("news.example", 9, 0, False),
        ("news.example", 30, 10, True),
        ("news.example", 20, 10, False),  # twice as many, but chance does so
        ("", 100, 0, False),  # from nowhere
    ],
)
def test_referrer_surge(host: str, now: int, usual: int, *, found: bool) -> None:
    """The visits that a referrer sends against those of its own usual week."""
    earlier = [week(number, sources={host: usual}) for number in (1, 2, 3)]
    assert found == bool(referrer_surge.find(facts(week(sources={host: now}), *earlier)))


def test_what_is_said_of_surges() -> None:
    """Known referrers and new ones."""
    earlier = [week(number, sources={"a.example": 1}) for number in (1, 2, 3, 4)]
    found = referrer_surge.find(facts(week(sources={"a.example": 40, "b.example": 30}), *earlier))
    assert [signal.headline for signal in found] == [
        "a.example sends 40 times its usual visits",
        "b.example is a new source of 30 visits",
    ]
    assert [signal.summary for signal in found] == [
        "a.example sent 40 visits in the last 7 days; 1 visit a week were usual in the 4 weeks before.",
        "b.example sent 30 visits in the last 7 days, after none in the 4 weeks before.",
    ]
    assert found[0].payload == {
        "referrer": "a.example",
        "current_visits": 40,
        "usual_visits": 1.0,
        "absolute_change": 39.0,
        "times_usual": 40.0,
    }


def devices(*mobile: int, of: int = 1_000) -> Sequence[Mapping[Subject, Mapping[str, int]]]:
    """Audiences of so many visits, so many of them on phones."""
    return [{Subject.DEVICE: {"mobile": visits, "desktop": of - visits}} for visits in mobile]


@pytest.mark.parametrize(
    ("audiences", "found"),
    [
        (devices(300, 200, 200), True),
        (devices(250, 200, 200), True),
        (devices(249, 200, 200), False),  # less than 5 points
        (devices(100, 200, 200), True),
        (devices(300, 200), False),  # what is usual in one week?
        (devices(300, 100, 300), False),  # it always comes and goes
        (devices(30, 20, 20, of=100), False),  # chance does so
        (devices(60, 20, 20, of=100), True),
        (devices(60, 20, 20, of=99), False),  # too few visits
        ([{Subject.DEVICE: {"": 500, "desktop": 500}}, *devices(0, 0)], True),  # what is known fell
        ([{Subject.DEVICE: {"": 500}}, *[{Subject.DEVICE: {"": 500}}] * 2], False),
    ],
)
def test_audience_shift(audiences: Sequence[Mapping[Subject, Mapping[str, int]]], *, found: bool) -> None:
    """The share of a value against its usual share."""
    given = facts(*(week(number, audience=audience) for number, audience in enumerate(audiences)))
    assert found == bool(audience_shift.find(given))


def test_what_is_said_of_shifts() -> None:
    """One of each trait, for what one value gains others lose; two at most."""
    now: Mapping[Subject, Mapping[str, int]] = {
        Subject.DEVICE: {"mobile": 620, "desktop": 380},
        Subject.COUNTRY: {"DE": 300, "FR": 700},
        Subject.CHANNEL: {"Social": 60, "Direct": 940},
        Subject.BROWSER: {"Firefox": 500, "Safari": 500},
    }
    then: Mapping[Subject, Mapping[str, int]] = {
        Subject.DEVICE: {"mobile": 480, "desktop": 520},
        Subject.COUNTRY: {"DE": 500, "FR": 500},
        Subject.CHANNEL: {"Social": 30, "Direct": 970},
        Subject.BROWSER: {"Firefox": 500, "Safari": 500},
    }
    given = facts(week(audience=now), week(1, audience=then), week(2, audience=then))
    found = audience_shift.find(given)
    assert [signal.subject for signal in found] == ["country=FR", "device=mobile"]
    assert [signal.headline for signal in found] == [
        "The share of visits from FR rose from 50% to 70%",
        "The share of mobile visits rose from 48% to 62%",
    ]
    assert found[1].summary == (
        "Mobile visits made up 62% of all in the last 7 days; 48% were usual in the 2 weeks before."
    )
    assert found[1].payload == {
        "dimension": "device",
        "value": "mobile",
        "direction": "increase",
        "current_visits": 620,
        "current_percentage": 62.0,
        "usual_percentage": 48.0,
        "change_in_points": 14.0,
    }


def days_of_hours(before: int, last: Sequence[int], usual: Sequence[int] = (5, 7)) -> Sequence[int]:
    """The hits of the hours of so many days, then those of the last 24."""
    return [usual[number % len(usual)] for number in range(24 * before)] + [*last]


_QUIET: Final = [6] * 24


@pytest.mark.parametrize(
    ("hits", "found"),
    [
        (days_of_hours(28, _QUIET), False),
        (days_of_hours(28, [26, *_QUIET[1:]]), True),  # the hour from 01:00 always has 5
        (days_of_hours(28, [24, *_QUIET[1:]]), False),  # less than 20 more
        (days_of_hours(28, [*_QUIET[1:], 60]), True),
        (days_of_hours(28, [59, *_QUIET[1:]], (20,)), False),  # less than three times
        (days_of_hours(28, [60, *_QUIET[1:]], (20,)), True),
        (days_of_hours(7, [60, *_QUIET[1:]], (20,)), True),
        (days_of_hours(6, [60, *_QUIET[1:]], (20,)), False),  # what is usual in six days?
        (days_of_hours(28, [40, *_QUIET[1:]], [60 if n < 24 else 1 for n in range(96)]), False),  # every fourth day
    ],
)
def test_live_spike(hits: Sequence[int], *, found: bool) -> None:
    """Each of the last hours against the same hour of the days before."""
    assert found == bool(live_spike.find(facts(hours=hours(hits))))


def test_what_is_said_of_a_spike() -> None:
    """Neighbouring hours are one; of several the one with most hits."""
    last = [*_QUIET[:14], 170, 182, *_QUIET[:3], 100, *_QUIET[:4]]
    (signal,) = live_spike.find(facts(week(days=EVEN), hours=hours(days_of_hours(28, last, (12,)))))
    assert (signal.begin, signal.end) == (MIDNIGHT - 9 * HOUR, MIDNIGHT - 7 * HOUR)
    assert signal.headline == "Hits spiked on Friday between 15:00 and 17:00"
    assert signal.summary == "There were 352 hits between 15:00 and 17:00 (UTC), where 24 hits are usual."
    assert signal.payload == {
        "current_hits": 352,
        "usual_hits": 24.0,
        "absolute_change": 328.0,
        "times_usual": 14.7,
    }
    (going_on,) = live_spike.find(facts(hours=hours(days_of_hours(28, [*_QUIET[2:], 90, 90]))))
    assert going_on.headline == "Hits spiked on Friday between 23:00 and 01:00"
    assert going_on.summary.endswith("It was going on when this was written.")


def test_what_matters_most_comes_first() -> None:
    """All kinds together, eight at most, those that matter most first."""
    pages = {f"/{number}": 40 + number for number in range(9)}
    sources = {f"{number}.example": 40 + number for number in range(9)}
    now = week(days=spread(700), pages=pages, sources=sources, audience=devices(500)[0])
    earlier = [week(number, audience=devices(100)[0]) for number in (1, 2)]
    spike = hours(days_of_hours(28, [90, *_QUIET[1:]]))
    found = signals(facts(now, *earlier, hours=spike))
    assert len(found) == MOST
    assert {signal.kind for signal in found} >= {SignalKind.TRAFFIC_CHANGE, SignalKind.REFERRER_SURGE}
    assert [signal.score for signal in found] == sorted((signal.score for signal in found), reverse=True)
