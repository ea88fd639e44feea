"""A site: what its owner set, checked once, when it is made or changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import InvalidInput
from core.globs import Glob
from core.networks import Network, parse_network
from core.text import short_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from core.ranges import Days

_DOMAIN: Final = re.compile(r"(?=.{1,255}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
#: The domain of made-up visits. It can be nobody's: `.example` is reserved (RFC 2606).
DEMO: Final = "northwind.example"
_MAX_GROUPS: Final = 200
_MAX_NETWORKS: Final = 1_000
_MAX_NAME: Final = 100
_MAX_PATTERN: Final = 1_024


class ContentGroup(NamedTuple):
    """A named set of paths. In `pattern` a `*` is any run of characters, `/` included; nothing else is special."""

    name: str
    pattern: str


class WeekStart(StrEnum):
    """The first day of a week."""

    MONDAY = "monday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True, kw_only=True)
class Site:
    """One site. `uuid` is what trackers and reports call it, `id` what rows do. `created_at` is ms since 1970 UTC.

    `uid` and `object_id` are what Tinylytics and Platform API v2 call it. `allowed_hosts` and `excluded_paths` are
    globs; without allowed hosts any host counts. Countries are codes of ISO 3166-1 alpha-2. A retention of None is for
    ever.
    """

    id: int
    uuid: UUID
    account_id: UUID
    domain: str
    name: str = ""
    public: bool = False
    uid: str = ""
    object_id: str = ""
    folder_id: UUID | None = None
    content_groups: tuple[ContentGroup, ...] = ()
    excluded_ips: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    excluded_paths: tuple[str, ...] = ()
    excluded_countries: tuple[str, ...] = ()
    honour_gpc: bool = True
    honour_dnt: bool = True
    keep_ips: bool = False
    unique_hits: bool = True
    uptime: bool = False
    uptime_url: str = ""
    content: bool = False
    content_url: str = ""
    insights: bool = True
    time_zone: str = "UTC"
    week_start: WeekStart = WeekStart.MONDAY
    file_retention_days: int | None = None
    rollup_retention_days: int | None = None
    files_from: date | None = None  #: the first UTC day of which there are events, if earlier ones went by their age
    rollups_from: date | None = None  #: the same of sums
    created_at: int = 0
    updated_at: int = 0

    def kept(self, days: Days) -> Days:
        """Return days of its reports, with what is known of them."""
        return replace(days, events_from=self.files_from, sums_from=self.rollups_from)

    @property
    def monitored_url(self) -> str:
        """The address whose uptime is checked, if it is."""
        return self.uptime_url or f"https://{self.domain}/"

    @property
    def crawled_url(self) -> str:
        """The page from which its content is checked, if it is."""
        return self.content_url or f"https://{self.domain}/"

    @property
    def is_demo(self) -> bool:
        """Whether its visits are made up."""
        return self.domain == DEMO

    @cached_property
    def excludes(self) -> bool:
        """Whether its owner leaves anything out that events are to be looked at for."""
        return bool(self.excluded_ips or self.allowed_hosts or self.excluded_paths or self.excluded_countries)

    @cached_property
    def excluded_networks(self) -> tuple[Network, ...]:
        """`excluded_ips` as integers."""
        return tuple(map(parse_network, self.excluded_ips))

    @cached_property
    def host_globs(self) -> tuple[Glob, ...]:
        """`allowed_hosts` as globs, for host names in lower case without port."""
        return tuple(map(Glob, self.allowed_hosts))

    @cached_property
    def path_globs(self) -> tuple[Glob, ...]:
        """`excluded_paths` as globs, for paths in their one form."""
        return tuple(map(Glob, self.excluded_paths))


def check_domain(text: str) -> str:
    """Return the domain in lower case.

    Raises:
        InvalidInput: it is not letters, digits, hyphens and dots, at most 255, or it is digits only.
    """
    domain = text.strip().lower()
    if not _DOMAIN.fullmatch(domain):
        raise InvalidInput(
            "domain must be a domain name of letters, digits, hyphens and dots, at most 255 characters,"
            " such as example.com"
        )
    if domain.isdigit():
        raise InvalidInput("domain must not be a number")
    return domain


def check_site_name(text: str) -> str:
    """Return the name without surrounding blanks; '' is none.

    Raises:
        InvalidInput: it is too long or cannot be stored.
    """
    return short_text(text, "name", most=_MAX_NAME) if text.strip() else ""


def check_content_groups(groups: Iterable[tuple[str, str]]) -> tuple[ContentGroup, ...]:
    """Return the (name, pattern) pairs as groups.

    Raises:
        InvalidInput: too many, or one has an empty, overlong or unstorable name or pattern; the message says which.
    """
    given = tuple(groups)
    if len(given) > _MAX_GROUPS:
        raise InvalidInput(f"content_groups must be at most {_MAX_GROUPS} groups")
    return tuple(
        ContentGroup(
            short_text(name, f"content_groups[{index}].name", most=_MAX_NAME),
            short_text(pattern, f"content_groups[{index}].pattern", most=_MAX_PATTERN),
        )
        for index, (name, pattern) in enumerate(given)
    )


def check_excluded_ips(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses and networks without surrounding blanks.

    Raises:
        InvalidInput: too many, or one is neither an IPv4 or IPv6 address nor a network in CIDR notation.
    """
    checked = tuple(text.strip() for text in texts)
    if len(checked) > _MAX_NETWORKS:
        raise InvalidInput(f"excluded_ips must be at most {_MAX_NETWORKS} addresses or networks")
    for index, text in enumerate(checked):
        try:
            parse_network(text)
        except InvalidInput as error:
            raise InvalidInput(f"excluded_ips[{index}]: {error}") from error
    return checked
