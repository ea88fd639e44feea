"""Hits: single views of pages, chosen and told apart by what each says itself, whatever its visit says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.events import TrafficClass

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class HitQuery:
    """The hits of sites from `begin` to before `end`, ms since 1970 UTC, that meet all that is given.

    `bots` adds the class of bots to that of humans. `path` is one path, as it is stored; `country` one country, '' for
    hits without one; `referrer` a part of the referrer's host and path, in upper or lower case.
    """

    site: int | Sequence[int]
    begin: int
    end: int
    bots: bool = False
    path: str | None = None
    country: str | None = None
    referrer: str | None = None

    @property
    def sites(self) -> tuple[int, ...]:
        """The sites, in their order."""
        return (self.site,) if isinstance(self.site, int) else tuple(self.site)

    @property
    def classes(self) -> tuple[TrafficClass, ...]:
        """The traffic classes that count."""
        return (TrafficClass.HUMAN, TrafficClass.BOT) if self.bots else (TrafficClass.HUMAN,)

    @property
    def is_told_by_rollups(self) -> bool:
        """Whether rollups count what it chooses: they know of sites and of paths."""
        return self.country is None and self.referrer is None


class HitColumn(StrEnum):
    """What hits are told apart by; the value is the event's column."""

    PATH = "path"
    COUNTRY = "country"
    REFERRER = "referrer_host"
    BROWSER = "browser"
    OS = "os"


class HitOrder(StrEnum):
    """How hits are listed."""

    NEWEST = "newest"  #: of all sites together
    SITE_PATH_NEWEST = "site_path_newest"  #: by site, as they are given; then by path; then the newest first
