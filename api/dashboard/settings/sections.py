"""The sections of the settings, and what a section does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

    from api.dashboard.settings.forms import Posted
    from api.dashboard.viewer import Viewer
    from core.accounts import Principal
    from core.sites import Site


class Section(StrEnum):
    """The sections, in the order in which they are listed; the value is the last part of the address."""

    SNIPPET = "snippet"
    SITE = "site"
    EXCLUSIONS = "not-counted"
    GROUPS = "groups"
    SHARES = "shares"
    NOTES = "notes"
    MONITORS = "monitors"
    ALERTS = "alerts"
    MESSAGES = "messages"
    DATA = "data"
    KEYS = "keys"
    SHORTCUTS = "shortcuts"

    @property
    def label(self) -> str:
        """What its page is headed by."""
        return _LABELS[self]


_LABELS: Final = MappingProxyType(
    {
        Section.SNIPPET: "Snippet",
        Section.SITE: "Site",
        Section.EXCLUSIONS: "Not counted",
        Section.GROUPS: "Groups",
        Section.SHARES: "Share links",
        Section.NOTES: "Notes",
        Section.MONITORS: "Monitors",
        Section.ALERTS: "Alerts",
        Section.MESSAGES: "Messages",
        Section.DATA: "Data",
        Section.KEYS: "Keys",
        Section.SHORTCUTS: "Shortcuts",
    }
)
#: The sections about who is signed in; all others are about a site.
PERSONAL: Final = frozenset({Section.KEYS, Section.SHORTCUTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks for a section, and of which site."""

    request: Request
    viewer: Viewer
    user: Principal
    chosen: Site | None  #: None only where a section is about nobody's site
    now: int  #: ms since 1970 UTC

    @property
    def site(self) -> Site:
        """The site that the section is about.

        Raises:
            NotFound: there is none.
        """
        if self.chosen is None:
            raise NotFound("Choose a site first, or add one.")
        return self.chosen


class Saved(NamedTuple):
    """Something was done: lead to an address, which says it once."""

    said: str = "saved"
    to: str = ""  #: '' for the section itself, of the site as it is called now
    site: Site | None = None  #: the site, if it may be called otherwise now


class Fresh(NamedTuple):
    """Something was made that is shown once, in the answer itself."""

    values: Mapping[str, Any]


class Preview(NamedTuple):
    """Nothing is to be saved: the form is to be shown as it was typed, or as a button changed it."""

    typed: Posted


class Page(Protocol):
    """One section."""

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """Return what its template is given: as things are, or as they were typed and not saved."""
        ...


class Editor(Page, Protocol):
    """A section that saves something."""

    async def save(self, asking: Asking, posted: Posted) -> Saved | Fresh | Preview:
        """Do what its form asks.

        Raises:
            Wrong: a field cannot be what was typed.
            NotFound: what the form is about is not there any more.
        """
        ...
