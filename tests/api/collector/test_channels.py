"""The channels of real referrers and addresses, by the whole enrichment with the lists that come with Footfall."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

import pytest

from api.lookups.hosts import Hosts
from core.agents import Agent
from core.channels import Channel, without_assistants
from core.enrich.draft import Lookups
from core.enrich.pipeline import Enriched, Enrichment
from core.ids import Stamp
from core.places import nowhere
from core.raw import RawEvent, Request
from core.sites import Site
from core.visitors import Identity
from tests.clocks import SetClock
from tests.measurements import Measurements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.events import Event

TABLE: Final = Path(__file__).with_name("channel_cases.csv")
SITE: Final = Site(id=7, uuid=UUID(int=7), account_id=UUID(int=1), domain="example.com")
HOSTS: Final = Hosts.bundled()


class Case(NamedTuple):
    """One row of the table."""

    referrer: str
    query: str
    channel: str
    reason: str


def _cases() -> Iterator[Case]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return (Case(*row) for row in csv.reader(lines, delimiter="|"))


CASES: Final = tuple(_cases())


def _event(case: Case) -> Event:
    lookups = Lookups(
        agent=lambda _: Agent("", "", "", "", "", bot=False),
        source=HOSTS,
        place=nowhere,
        stamp=lambda: Stamp(1, 1),
        identify=lambda *_: Identity(1, 0, 0),
    )
    url = f"https://example.com/{'?' if case.query else ''}{case.query}"
    raw = RawEvent(type="page_view", url=url, path="/", referrer=case.referrer)
    request = Request(ip="", user_agent="")
    outcome = Enrichment(lookups=lookups, clock=SetClock(0), telemetry=Measurements()).run(raw, request, SITE)
    assert isinstance(outcome, Enriched)
    return outcome.event


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.referrer}?{case.query}")
def test_channels(case: Case) -> None:
    """Referrer, campaign and click ids name the channel, for the reason that the table gives."""
    assert _event(case).channel == case.channel, case.reason


def test_the_table_covers_every_channel() -> None:
    """There are at least 150 cases, none of them twice, each with its reason, and at least ten for every channel."""
    by_channel = Counter(Channel(case.channel) for case in CASES)
    assert len({(case.referrer, case.query) for case in CASES}) == len(CASES) >= 150
    assert all(case.reason for case in CASES)
    assert {channel for channel in Channel if by_channel[channel] < 10} == set()


@pytest.mark.parametrize("channel", Channel)
def test_no_assistants_for_those_who_do_not_know_them(channel: Channel) -> None:
    """An API without assistants shows them among the pages, and every other channel as it is."""
    expected = Channel.REFERRAL if channel is Channel.AI_ASSISTANT else channel
    assert expected == without_assistants(channel.value)


def test_the_values_of_click_ids_are_not_kept() -> None:
    """What tells that a click came by an ad stays; what tells whose click it was goes."""
    event = _event(Case("https://www.google.com/", "gclid=SECRET&fbclid=SECRET&utm_source=a", "", ""))
    assert event.query == "gclid&fbclid&utm_source=a"
