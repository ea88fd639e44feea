"""Random streams of events: few people, few paths, and times that like the limits of sessions and the midnights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from core.events import TrafficClass
from core.spans import DAY, GAP, HOUR, MINUTE, NOON
from tests.cases import FIRST_DAY, event_at

if TYPE_CHECKING:
    from core.events import Event

_WHATS: Final = (
    ("page_view", "", "/a"),
    ("page_view", "", "/b"),
    ("page_view", "", "/signup"),
    ("custom", "/a", "/a"),
    ("custom", "signup", "/b"),
    ("outbound_link", "signup", "/b"),
    ("close_tab", "", "/a"),
    ("scroll_25", "", "/a"),
    ("scroll_75", "", "/b"),
    ("engagement", "", "/c"),
)
_STARTS: Final = (0, MINUTE, 29 * MINUTE, 30 * MINUTE, NOON - 1, NOON, DAY - HOUR, DAY - 5 * MINUTE)
_GAPS: Final = (0, 1, MINUTE, 10 * MINUTE, GAP - 1, GAP, GAP + 1, 5 * HOUR)
#: What sessions and views are told apart by, some of it odd.
_SENDERS: Final = st.fixed_dictionaries(
    {
        "utm_source": st.sampled_from(("", "a\tb", "\\t", "\\")),
        "utm_medium": st.sampled_from(("", "cpc")),
        "country": st.sampled_from(("DE", "")),
        "browser": st.sampled_from(("Firefox", "Safari")),
    }
)


@st.composite
def streams(draw: st.DrawFn, *, days: int = 3, sites: int = 2) -> list[Event]:
    """Distinct events of some people on consecutive days, in any order."""
    events: list[Event] = []
    for _ in range(draw(st.integers(1, 6))):
        site = draw(st.integers(1, sites))
        person = draw(st.integers(0, 2))
        ts = FIRST_DAY + draw(st.integers(0, days - 1)) * DAY + draw(st.sampled_from(_STARTS))
        for gap in draw(st.lists(st.sampled_from(_GAPS), min_size=1, max_size=8)):
            ts += gap
            event_type, name, path = draw(st.sampled_from(_WHATS))
            events.append(
                event_at(
                    ts,
                    # Rising or falling within one time stamp, so that arrival is not the order.
                    len(events) if draw(st.booleans()) else 4095 - len(events),
                    site=site,
                    person=person,
                    traffic=draw(st.sampled_from((TrafficClass.HUMAN, TrafficClass.HUMAN, *TrafficClass))),
                    event_type=event_type,
                    name=name,
                    path=path,
                    channel=draw(st.sampled_from(("Direct", "Organic"))),
                    prev=draw(st.integers(0, 9)) > 0,
                    engaged_ms=draw(st.integers(0, 1000)),
                )._replace(**draw(_SENDERS))  # type: ignore[arg-type]  # all of these are texts
            )
    return draw(st.permutations([event for event in events if event.ts < FIRST_DAY + days * DAY]))
