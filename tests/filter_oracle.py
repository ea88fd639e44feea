"""Filtered questions by brute force, read off docs/filters.md: lists of events and sessions, looked at one by one."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from core.events import KINDS, Facts, Kind, order_key
from core.filters import OF_VISITS, About, Filter, FilterDimension
from core.metrics import Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from core.events import Event, StoredEvent
    from core.globs import PathGroups
    from core.sessions import Session
    from core.steps import Step

_UNKNOWN = (FilterDimension.BROWSER, FilterDimension.OS, FilterDimension.DEVICE, FilterDimension.SCREEN)
_DAY = 86_400_000


class Question(NamedTuple):
    """What is asked, from `begin` to before `end`, ms."""

    filters: Sequence[Filter]
    begin: int
    end: int
    classes: Sequence[int]
    groups: PathGroups

    def has(self, ts: int) -> bool:
        """Whether the instant is in the range."""
        return self.begin <= ts < self.end

    @property
    def chooses(self) -> bool:
        """Whether the filters choose visits: whoever is in none is left out then."""
        return any(each.about is not About.TRAFFIC for each in self.filters)

    def about(self, about: About) -> list[Filter]:
        """The filters of a kind."""
        return [each for each in self.filters if each.about is about]


class Picked(NamedTuple):
    """What is chosen."""

    views: list[StoredEvent]
    events: list[StoredEvent]
    sights: list[StoredEvent]
    visits: list[Session]
    begun: list[Session]
    followed: dict[int, list[Event]]  # by session, all events of those begun


def fits(text: str, value: str) -> bool:
    """Whether a pattern fits a value."""
    return re.fullmatch(".*".join(map(re.escape, text.split("*"))), value, re.DOTALL) is not None


def passes(given: Filter, value: str) -> bool:
    """Whether a value passes a filter."""
    names = {value}
    if given.dimension in _UNKNOWN and value in {"", "unknown"}:
        names = {"", "unknown"}
    found = any(
        fits(choice.text, name) if choice.glob else name == choice.text for choice in given.choices for name in names
    )
    return found != given.negated


def pick(rows: Iterable[StoredEvent], sessions: Iterable[Session], asked: Question) -> Picked:
    """What the filters choose."""
    rows = [row for row in rows if row.event.traffic in asked.classes]
    visits = {
        one.session_id: one
        for one in sessions
        if one.visit
        and one.traffic in asked.classes
        and all(passes(each, _of_visit(each, one)) for each in asked.about(About.VISIT))
    }
    inside = [row for row in rows if (row.session_id in visits or not asked.chooses) and asked.has(row.event.ts)]
    views = [
        row
        for row in inside
        if row.event.type == "page_view"
        and all(passes(each, _of_view(each, row.event, asked.groups)) for each in asked.about(About.VIEW))
    ]
    events = [
        row
        for row in inside
        if row.event.type != "page_view"
        and all(passes(each, _of_event(each, row.event)) for each in asked.about(About.EVENT))
    ]
    chosen = {row.session_id for row in rows} if not asked.chooses else set(visits)
    if asked.about(About.VIEW):
        chosen &= {row.session_id for row in views}
    if asked.about(About.EVENT):
        chosen &= {row.session_id for row in events}
    views, events, inside = ([row for row in part if row.session_id in chosen] for part in (views, events, inside))
    sights = [row for row in inside if KINDS[row.event.type] is not Kind.PASSIVE]
    if asked.about(About.EVENT):
        sights = events
    if asked.about(About.VIEW):
        sights = views
    begun = [one for one in visits.values() if one.session_id in chosen and asked.has(one.start)]
    return Picked(
        views=views,
        events=events,
        sights=sights,
        visits=[one for one in visits.values() if one.session_id in chosen],
        begun=begun,
        followed={
            one.session_id: sorted(row.event for row in rows if row.session_id == one.session_id) for one in begun
        },
    )


def totals(picked: Picked, edges: Sequence[int], has: Callable[[str], bool] | None, *, many: bool) -> list[Totals]:
    """The totals of each bucket; with `has` of one page, or of `many`."""
    return [_totals(picked, begin, end, has, many) for begin, end in pairwise(edges)]


def _totals(picked: Picked, begin: int, end: int, has: Callable[[str], bool] | None, many: bool) -> Totals:  # noqa: FBT001 - private
    views = [row for row in picked.views if begin <= row.event.ts < end and (has is None or has(row.event.path))]
    sights = [row for row in picked.sights if begin <= row.event.ts < end] if has is None else views
    begun = [one for one in picked.begun if begin <= one.start < end]
    entered = [one for one in begun if one.views and (has is None or has(one.entry_path))]
    rated = begun if has is None else entered
    unique = sum(bool(row.facts & Facts.S1) for row in views)
    visits = len(begun)
    if has is not None:
        visits = len({row.session_id for row in views} - {0}) if many else unique
    return Totals(
        views=len(views),
        unique_views=unique,
        visits=visits,
        visitors=len(
            {(row.event.traffic, row.event.visitor, row.event.ts // _DAY) for row in sights if row.event.visitor}
        ),
        rated=len(rated),
        bounces=sum(one.views == 1 for one in rated),
        quiet_bounces=sum(one.views == 1 and not one.actions for one in rated),
        duration_ms=sum(one.last - one.start for one in rated),
        entries=len(entered),
        exits=sum(one.views > 0 and (has is None or has(one.exit_path)) for one in begun),
    )


def pages(picked: Picked) -> dict[str, tuple[int, int]]:
    """By path: views, and visits that first saw it."""
    seen = Counter(row.event.path for row in picked.views)
    unique = Counter(row.event.path for row in picked.views if row.facts & Facts.S1)
    return {path: (views, unique[path]) for path, views in seen.items()}


def flow(picked: Picked) -> tuple[Counter[str], Counter[str]]:
    """By path: visits that entered there, visits that left there."""
    seen = [one for one in picked.begun if one.views]
    return Counter(one.entry_path for one in seen), Counter(one.exit_path for one in seen)


def custom_events(picked: Picked, has: Callable[[str], bool] | None) -> Counter[str]:
    """By name: how often it happened."""
    custom = [row.event for row in picked.events if row.event.type == "custom"]
    return Counter(event.name for event in custom if has is None or has(event.path))


def visits_by(picked: Picked, columns: Sequence[str], has: Callable[[str], bool] | None) -> Counter[tuple[str, ...]]:
    """By values of columns: visits."""
    visits = picked.begun
    if has is not None:
        seen = {row.session_id for row in picked.views if has(row.event.path)}
        visits = [one for one in picked.visits if one.session_id in seen]
    return Counter(tuple(getattr(one, column) for column in columns) for one in visits)


def is_step(event: Event, step: Step) -> bool:
    """Whether an event is a step."""
    if step.page is None:
        return step.text in {event.type, event.name}
    text, glob = step.page
    return event.type == "page_view" and (fits(text, event.path) if glob else event.path == text)


def followed_in(picked: Picked, has: Callable[[str], bool] | None) -> list[list[Event]]:
    """The events of visits; with `has`, of those with a view of a page that it knows."""
    return [
        events
        for events in picked.followed.values()
        if has is None or any(event.type == "page_view" and has(event.path) for event in events)
    ]


def funnel(visits: Iterable[Iterable[Event]], steps: Sequence[Step]) -> list[int]:
    """How many visits took each step after those before it, told event by event."""
    taken = [0] * len(steps)
    for events in visits:
        position = 0
        for event in sorted(events, key=order_key):
            if position < len(steps) and is_step(event, steps[position]):
                taken[position] += 1
                position += 1
    return taken


def stops(events: Iterable[Event]) -> list[str]:
    """The pages of a visit, each reload left out."""
    found: list[str] = []
    for event in events:
        if event.type == "page_view" and found[-1:] != [event.path]:
            found.append(event.path)
    return found


def sequences(picked: Picked, most: int, has: Callable[[str], bool] | None) -> Counter[tuple[str, ...]]:
    """By first pages: visits."""
    return Counter(tuple(pages[:most]) for pages in map(stops, followed_in(picked, has)) if pages)


def neighbours(picked: Picked, path: str, has: Callable[[str], bool] | None) -> Counter[tuple[str, str]]:
    """By the page before and the page after: stops at the page."""
    found: Counter[tuple[str, str]] = Counter()
    for pages in map(stops, followed_in(picked, has)):
        around = ["", *pages, ""]
        found.update(
            (around[place - 1], around[place + 1]) for place in range(1, len(pages) + 1) if around[place] == path
        )
    return found


def reaching(picked: Picked, goal: Step) -> set[int]:
    """The visits that reach a goal."""
    return {one for one, events in picked.followed.items() if any(is_step(event, goal) for event in events)}


def _of_visit(given: Filter, visit: Session) -> str:
    values = [getattr(visit, column) for column in OF_VISITS[given.dimension]]
    while len(values) > 1 and not values[-1]:
        values.pop()
    return "/".join(values)


def _of_view(given: Filter, event: Event, groups: PathGroups) -> str:
    return event.path if given.dimension is FilterDimension.PAGE else groups.name_of(event.path) or ""


def _of_event(given: Filter, event: Event) -> str:
    if given.dimension is FilterDimension.EVENT:
        return event.name if event.type == "custom" else event.type
    value = json.loads(event.properties or "{}").get(given.key)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
