"""What a report is asked for; every API's words end up as one of these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from core.events import TrafficClass
from core.filters import About, Choice, Filter, FilterDimension, classes_of
from core.globs import PathGroups
from core.ranges import Days, bounds, ends

if TYPE_CHECKING:
    from datetime import tzinfo

    from core.comparisons import Other

_HUMANS: Final = (TrafficClass.HUMAN,)
_NO_GROUPS: Final = PathGroups(())
_BOTH: Final = (TrafficClass.HUMAN, TrafficClass.BOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One content group of a site, by name, among all of them: an earlier one may take a path away from it."""

    name: str
    groups: PathGroups

    def has(self, path: str) -> bool:
        """Whether the path is in the group."""
        return self.groups.name_of(path) == self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Some days of a site, seen in a zone.

    `path` or `group`, not both, narrow it to a page or to a content group. `bots` adds the class of bots to that of
    humans. `filters` choose visits; `groups` are the site's content groups, for those that speak of them. `until` is an
    instant (ms) before which the last day ends, if not at its own end.
    """

    site: int
    days: Days
    zone: tzinfo
    bots: bool = False
    path: str | None = None
    group: Group | None = None
    filters: tuple[Filter, ...] = ()
    groups: PathGroups = _NO_GROUPS
    until: int | None = None

    def before(self, other: Other) -> Query:
        """The same of the range that it is compared with."""
        return replace(self, days=other.days, until=other.until)

    def of_path(self, path: str) -> Query:
        """The same of one page."""
        return replace(self, path=path, group=None)

    def with_group_as_filter(self) -> Query:
        """The same of the visits with a view of a page of the group, and of these views."""
        if self.group is None:
            return self
        chosen = Filter(dimension=FilterDimension.GROUP, choices=(Choice(self.group.name),))
        return replace(self, group=None, filters=(*self.filters, chosen), groups=self.group.groups)

    @property
    def classes(self) -> tuple[TrafficClass, ...]:
        """The traffic classes that count; a filter on traffic has the say."""
        return classes_of(self.filters, _BOTH if self.bots else _HUMANS)

    @property
    def is_filtered(self) -> bool:
        """Whether a filter chooses visits. One on traffic does not: humans and bots are counted apart anyway."""
        return any(each.about is not About.TRAFFIC for each in self.filters)

    @property
    def ends(self) -> tuple[int, int]:
        """The instants (ms) at which its first day begins and its last day ends, or is cut.

        Raises:
            OverflowError: one lies outside the calendar.
        """
        begin, end = ends(self.days, self.zone)
        return begin, end if self.until is None else min(end, self.until)

    @property
    def edges(self) -> list[int]:
        """The instants (ms) at which its days begin, and the last one's end.

        Raises:
            OverflowError: an end lies outside the calendar.
        """
        return bounds(self.days, self.zone)
