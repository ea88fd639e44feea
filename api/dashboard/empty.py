"""A site that nobody has visited yet: what to paste, and why what came was not counted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode

from api.dashboard import numbers
from api.dashboard.labels import label
from core.drops import DropReason
from core.realtime import LiveList
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from babel import Locale

    from core.realtime import RealtimeView
    from core.sites import Site
    from storage.drops import Dropped

#: The settings of what is not counted.
_EXCLUSIONS: Final = "/settings/not-counted"
#: Why an event was not counted, to follow "3 events from localhost, not counted: ".
WHY: Final[Mapping[DropReason, str]] = MappingProxyType(
    {
        DropReason.UNKNOWN_SITE: "the script had the id of no site",
        DropReason.IGNORED_IP: "the address is on the server's ignore list",
        DropReason.EXCLUDED_IP: "the address is one that you left out",
        DropReason.EXCLUDED_PATH: "the page is one that you left out",
        DropReason.EXCLUDED_COUNTRY: "the country is one that you left out",
        DropReason.OTHER_HOST: "not an allowed host",
        DropReason.GLOBAL_PRIVACY_CONTROL: "the browser sends Global Privacy Control, which the site honours",
        DropReason.DO_NOT_TRACK: "the browser sends Do Not Track, which the site honours",
        DropReason.PREFETCH: "the browser fetched the page ahead and nobody saw it",
        DropReason.RATE_LIMITED: "one address sent too many",
        DropReason.INVALID: "they are not as the API has them",
        DropReason.OVERLOADED: "the server had too much to do",
    }
)
#: What a site's owner set, and may set otherwise.
_SETTINGS: Final = frozenset(
    {
        DropReason.EXCLUDED_IP,
        DropReason.EXCLUDED_PATH,
        DropReason.EXCLUDED_COUNTRY,
        DropReason.OTHER_HOST,
        DropReason.GLOBAL_PRIVACY_CONTROL,
        DropReason.DO_NOT_TRACK,
    }
)


class Uncounted(NamedTuple):
    """Events that came and were not counted."""

    text: str  #: how many, and from where
    why: str
    host: str = ""  #: one that could be allowed
    settings: str = ""  #: address of where they could be counted after all


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is shown until somebody comes."""

    domain: str
    site: str  #: what addresses call it
    snippet: str  #: '' for who may not change anything
    uncounted: tuple[Uncounted, ...]

    @property
    def title(self) -> str:
        """Of the document."""
        return self.domain


def uncounted(dropped: Iterable[Dropped], bots: int, *, site: str, locale: Locale) -> tuple[Uncounted, ...]:
    """Return in words what came today and was not counted, the most first.

    Args:
        dropped: by reason.
        bots: events of bots, which are counted apart.
        site: what addresses call the site.
        locale: of the viewer.
    """
    found = [
        _dropped(DropReason(one.reason), one.host, one.count, site=site, locale=locale)
        for one in sorted(dropped, key=lambda one: (-one.count, one.reason))
    ]
    if bots:
        found.append(Uncounted(_events(bots, "bots", locale), "bots are kept apart from visitors"))
    return tuple(found)


def first_visit(view: RealtimeView, locale: Locale) -> str:
    """The first visit in words, as far as it is known; '' while there is none."""
    if not view.types:
        return ""
    parts = [
        label(subject, (view.lists[name][0][0],), locale)
        for name, subject in ((LiveList.PAGES, Subject.PAGE), (LiveList.COUNTRIES, Subject.COUNTRY))
        if view.lists.get(name) and (subject is Subject.PAGE or view.lists[name][0][0])
    ]
    return " · ".join([*parts, "just now"])


def allowed(site: Site, host: str) -> tuple[str, ...]:
    """The hosts that count, with this one."""
    return tuple(dict.fromkeys((*site.allowed_hosts, host)))


def is_host(text: str) -> bool:
    """Whether the text can be allowed as the one host that it is: strangers sent it, and a `*` would allow many."""
    return bool(text) and "*" not in text


def _dropped(reason: DropReason, host: str, count: int, *, site: str, locale: Locale) -> Uncounted:
    settings = f"{_EXCLUSIONS}?{urlencode({'site': site})}" if reason in _SETTINGS and not is_host(host) else ""
    return Uncounted(_events(count, host, locale), WHY[reason], host if is_host(host) else "", settings)


def _events(count: int, whence: str, locale: Locale) -> str:
    events = f"{numbers.count(count, locale)} event{'' if count == 1 else 's'}"
    return f"{events} from {whence}" if whence else events
