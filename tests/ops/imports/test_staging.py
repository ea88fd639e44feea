"""Events put aside by site and day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.events import Event, EventType
from core.spans import DAY
from ops.imports import staging
from ops.imports.staging import Staging

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

FIRST = 20_000 * DAY


def _event(number: int, *, site: int, ts: int) -> Event:
    texts = dict.fromkeys(Event._fields, "")
    numbers = {"ts": ts, "event_id": number, "visitor": number, "prev": 0, "site": site, "traffic": 0}
    return Event(**texts | numbers | {"type": EventType.PAGE_VIEW, "status": 0, "engaged_ms": 0})  # type: ignore[arg-type]  # built by name


def test_days_come_back_whole_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each site's day holds its events in the order added, however often it was written."""
    monkeypatch.setattr(staging, "_HELD", 3)
    events = [_event(number, site=number % 2 + 1, ts=FIRST + number % 3 * DAY) for number in range(20)]
    aside = Staging(tmp_path)
    for event in events:
        aside.add(event)
    aside.flush()
    assert aside.days()[:3] == [(1, FIRST), (2, FIRST), (1, FIRST + DAY)]
    for site, day in aside.days():
        expected = [event for event in events if (event.site, event.ts) == (site, day)]
        assert expected == list(aside.events(site, day))
        assert len(expected) == aside.counts[site, day]


def test_a_day_without_events_is_empty(tmp_path: Path) -> None:
    """Nothing was put aside, nothing comes back."""
    assert list(Staging(tmp_path).events(1, FIRST)) == []
