"""Breakdowns by brute force, read off docs/reports.md: each row from lists of events and sessions."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from core.dimensions import OF_SESSIONS
from core.events import Facts, order_key
from core.metrics import Totals
from core.query import Group
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.events import StoredEvent
    from core.globs import PathGroups
    from core.sessions import Session
    from tests.filter_oracle import Picked

Names = tuple[str, ...]
_UNKNOWN = (Subject.BROWSER, Subject.OS, Subject.DEVICE, Subject.SCREEN)
_SCROLLS = ("scroll_25", "scroll_50", "scroll_75")


def rows(picked: Picked, subject: Subject, groups: PathGroups, sessions: Iterable[Session]) -> dict[Names, Totals]:
    """All rows of a subject, with what its columns show.

    Args:
        picked: what the filters choose.
        subject: what a row is.
        groups: the site's content groups.
        sessions: all there are.
    """
    if subject in {Subject.PAGE, Subject.ENTRY, Subject.EXIT, Subject.GROUP}:
        return _of_paths(picked, subject, groups)
    if subject is Subject.NOT_FOUND:
        return _counted((row for row in picked.views if row.event.status == 404), lambda row: row.event.path)
    if subject.dimension is None:
        return _of_events(picked, subject)
    return _of_visits(picked, subject, {one.session_id: one for one in sessions})


def whole(picked: Picked, subject: Subject, site: Totals, found: dict[Names, Totals]) -> Totals:
    """What shares are of."""
    if subject in {Subject.ENTRY, Subject.EXIT}:
        return site._replace(visits=sum(one.views > 0 for one in picked.begun))
    if subject in {Subject.NOT_FOUND, Subject.EVENT, Subject.LINK, Subject.DOWNLOAD}:
        return site._replace(views=sum(totals.views for totals in found.values()))
    return site


def _of_paths(picked: Picked, subject: Subject, groups: PathGroups) -> dict[Names, Totals]:
    seen = [one for one in picked.begun if one.views]
    paths = {row.event.path for row in picked.views} | {
        path for one in seen for path in (one.entry_path, one.exit_path)
    }
    found: dict[Names, Totals] = {}
    for name, has in _by_name(paths, subject, groups):
        views = [row for row in picked.views if has(row.event.path)]
        entered = [one for one in seen if has(one.entry_path)]
        unique = sum(bool(row.facts & Facts.S1) for row in views)
        of_entries = {
            "rated": len(entered),
            "bounces": sum(one.views == 1 for one in entered),
            "duration_ms": sum(one.last - one.start for one in entered),
            "entries": len(entered),
        }
        exits = sum(has(one.exit_path) for one in seen)
        match subject:
            case Subject.ENTRY:
                totals, shown = Totals(visits=len(entered), **of_entries), len(entered)
            case Subject.EXIT:
                totals, shown = Totals(visits=exits, exits=exits), exits
            case Subject.GROUP:
                totals, shown = Totals(views=len(views), exits=exits, **of_entries), len(views)
            case _:
                shown = len(views)
                totals = Totals(
                    views=shown,
                    unique_views=unique,
                    visits=unique,
                    visitors=_visitors(views),
                    exits=exits,
                    **of_entries,
                )
        if shown:
            found[(name,)] = totals
    return found


def _by_name(paths: Iterable[str], subject: Subject, groups: PathGroups) -> Iterable[tuple[str, Callable[[str], bool]]]:
    if subject is Subject.GROUP:
        return [(name, Group(name=name, groups=groups).has) for name in {name for name, _ in groups}]
    return [(path, path.__eq__) for path in paths]


def _of_events(picked: Picked, subject: Subject) -> dict[Names, Totals]:
    custom = [row for row in picked.events if row.event.type == "custom"]
    match subject:
        case Subject.EVENT:
            return _counted(custom, lambda row: row.event.name)
        case Subject.DOWNLOAD:
            return _counted((row for row in custom if row.event.name == "file_download"), _url)
        case Subject.LINK:
            return _counted((row for row in picked.events if row.event.type == "outbound_link"), _url)
    found = _counted((row for row in picked.events if row.event.type in _SCROLLS), lambda row: row.event.type)
    return {names: totals._replace(visitors=0) for names, totals in found.items()}


def _of_visits(picked: Picked, subject: Subject, sessions: dict[int, Session]) -> dict[Names, Totals]:
    dimension = subject.dimension
    assert dimension is not None

    def names_of(session_id: int) -> Names:
        values = tuple(getattr(sessions[session_id], column) for column in OF_SESSIONS[dimension])
        return ("",) if subject in _UNKNOWN and values == ("unknown",) else values

    sums: defaultdict[Names, Counter[str]] = defaultdict(Counter)
    for one in picked.begun:
        sums[names_of(one.session_id)].update(
            visits=1, rated=1, bounces=one.views == 1, duration_ms=one.last - one.start
        )
    for row in picked.views:
        if row.session_id:
            sums[names_of(row.session_id)].update(views=1)
    firsts: dict[tuple[int, int], int] = {}
    for row in sorted(picked.sights, key=lambda row: order_key(row.event)):
        if row.event.visitor:
            firsts.setdefault((row.event.traffic, row.event.visitor), row.session_id)
    for session_id in firsts.values():
        sums[names_of(session_id)].update(visitors=1)
    return {
        names: Totals(**counts)
        for names, counts in sums.items()
        if subject is not Subject.CAMPAIGN or any(names)
        if counts["views"] or counts["visits"] or counts["visitors"]
    }


def _counted(found: Iterable[StoredEvent], key: Callable[[StoredEvent], str]) -> dict[Names, Totals]:
    by_key: defaultdict[Names, list[StoredEvent]] = defaultdict(list)
    for row in found:
        by_key[(key(row),)].append(row)
    return {names: Totals(views=len(some), visitors=_visitors(some)) for names, some in by_key.items()}


def _visitors(found: Iterable[StoredEvent]) -> int:
    return len({(row.event.traffic, row.event.visitor) for row in found if row.event.visitor})


def _url(row: StoredEvent) -> str:
    url = json.loads(row.event.properties or "{}").get("url")
    return url if isinstance(url, str) else ""
