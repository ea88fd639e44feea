"""The sessionizer against the table of tricky cases and against sessions by brute force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings

from aggregations import frames, sessionizer
from aggregations.frames import events_frame, links_frame, stored_events
from aggregations.sessionizer import links_of, sessionize
from core.events import KINDS, Facts, Kind, TrafficClass
from core.spans import DAY, GAP
from tests import oracle
from tests.aggregations.streams import streams
from tests.cases import CASES, Case, ExpectedSession

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.events import Event, StoredEvent
    from core.sessions import Session

LETTERS = {Facts.NEW: "N", Facts.S1: "S", Facts.D1: "D"}


def sessions_of(events: Sequence[Event]) -> tuple[list[StoredEvent], list[Session]]:
    """The events with their facts, and their sessions, by the sessionizer."""
    frame = events_frame(events)
    found = sessionize(frame, links_of(frame))
    return list(stored_events(found.events)), list(frames.sessions(found.sessions))


def seen(case: Case) -> tuple[list[ExpectedSession], list[str]]:
    """The sessions and the facts that the sessionizer finds in a case, as the table writes them."""
    rows, sessions = sessions_of(case.stored)
    return (
        sorted(
            ExpectedSession(s.site, s.traffic, s.start, s.last, s.visit, s.entry_path, s.exit_path, s.channel)
            for s in sessions
        ),
        ["".join(letter for fact, letter in LETTERS.items() if row.facts & fact) for row in rows],
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    """Every case of the table gives its sessions, facts and counts."""
    assert (sorted(case.sessions), list(case.facts)) == seen(case)
    rows, sessions = sessions_of(case.stored)
    visits = [session for session in sessions if session.visit]
    bounces = [session for session in visits if session.views == 1]
    assert case.visits == len(visits)
    assert case.bounces == len(bounces)
    assert case.quiet == sum(not session.actions for session in bounces)
    assert case.visitors == sum(bool(row.facts & Facts.NEW) for row in rows)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("GAP", GAP + 1, id="gap inclusive"),
        pytest.param("GAP", GAP - 1, id="gap too short"),
        pytest.param("NOON", 0, id="noon forgotten"),
        pytest.param("NOON", DAY, id="midnight always cuts"),
        pytest.param("_NAMING_RANK", dict.fromkeys(Kind, 0), id="first event names"),
        pytest.param("_SOURCE", ["city"], id="passive session has a source"),
        pytest.param("KINDS", {**KINDS, "close_tab": Kind.ACTION}, id="passive event opens a visit"),
        pytest.param("is_counted", lambda: pl.lit(value=True), id="flood counted"),
    ],
)
def test_broken_rule_is_caught(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    """The table tells a sessionizer with one rule broken from a right one."""
    monkeypatch.setattr(sessionizer, name, value)

    right = {case.name: (sorted(case.sessions), list(case.facts)) for case in CASES if not case.large}
    assert right != {case.name: seen(case) for case in CASES if not case.large}


@settings(max_examples=60, deadline=None)
@given(streams())
def test_random_streams(events: list[Event]) -> None:
    """Whatever comes in whatever order, sessions and facts are those of the definitions."""
    facts, sessions = oracle.sessionize(events)
    rows, found = sessions_of(events)
    assert sorted(sessions) == sorted(found)
    key = {(row.event.site, row.event.visitor, row.event.event_id): (row.session_id, row.facts) for row in rows}
    assert facts == {where: what for where, what in key.items() if what != (0, 0)}
    assert sorted(events) == sorted(row.event for row in rows)


def test_nothing() -> None:
    """No events make no sessions."""
    found = sessionize(events_frame([]), links_frame([]))
    assert found.events.schema == frames.STORED_EVENTS
    assert found.sessions.schema == frames.SESSIONS
    assert (found.events.height, found.sessions.height) == (0, 0)


def test_frames_keep_rows() -> None:
    """Events survive the way into a frame and back, class and all."""
    events = sorted(CASES[0].events)
    assert events == [row.event for row in stored_events(sessionize(events_frame(events), links_frame([])).events)]
    assert [event.traffic for event in events] == [TrafficClass.HUMAN] * 2
