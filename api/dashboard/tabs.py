"""Which subject each tab of a panel is about."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from api.dashboard.choices import DevicesTab, EventsTab, PagesTab, PlacesTab, SourcesTab, View
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from api.dashboard.state import State


class Tab(NamedTuple):
    """A way to see a panel."""

    name: str
    state: State
    chosen: bool


#: The panels in their order, each by the view that lists all of its rows; and the subject of each of its tabs.
PANELS: Final[Mapping[View, Mapping[StrEnum, Subject]]] = MappingProxyType(
    {
        View.PAGES: {
            PagesTab.TOP: Subject.PAGE,
            PagesTab.ENTRY: Subject.ENTRY,
            PagesTab.EXIT: Subject.EXIT,
            PagesTab.GROUPS: Subject.GROUP,
            PagesTab.MISSING: Subject.NOT_FOUND,
        },
        View.SOURCES: {
            SourcesTab.SOURCES: Subject.SOURCE,
            SourcesTab.CHANNELS: Subject.CHANNEL,
            SourcesTab.CAMPAIGNS: Subject.CAMPAIGN,
        },
        View.PLACES: {
            PlacesTab.COUNTRIES: Subject.COUNTRY,
            PlacesTab.REGIONS: Subject.REGION,
            PlacesTab.CITIES: Subject.CITY,
        },
        View.DEVICES: {
            DevicesTab.BROWSERS: Subject.BROWSER,
            DevicesTab.SYSTEMS: Subject.OS,
            DevicesTab.TYPES: Subject.DEVICE,
            DevicesTab.SCREENS: Subject.SCREEN,
        },
        View.EVENTS: {
            EventsTab.CUSTOM: Subject.EVENT,
            EventsTab.LINKS: Subject.LINK,
            EventsTab.DOWNLOADS: Subject.DOWNLOAD,
            EventsTab.SCROLL: Subject.SCROLL,
        },
    }
)


def tab_of(state: State, panel: View) -> StrEnum:
    """The tab of the panel that is open."""
    found: StrEnum = getattr(state, panel.value)
    return found


def subject_of(state: State, panel: View) -> Subject:
    """What the panel's open tab is about."""
    return PANELS[panel][tab_of(state, panel)]
