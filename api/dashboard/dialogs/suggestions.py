"""What a field may be filled with: the values of a dimension that there are, the most frequent first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from api.dashboard import numbers
from api.dashboard.dialogs.spelling import spell
from api.dashboard.labels import aside, label, value_label
from api.dashboard.narrowing import filters_of
from core.dimensions import OF_SESSIONS, Dimension
from core.events import EventType
from core.filters import FilterDimension
from core.metrics import value_of
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from babel import Locale

    from aggregations.reports import Reports
    from core.filters import Filter
    from core.query import Query
    from core.sites import Site

_F = FilterDimension

#: Options of one list.
MOST: Final = 8
#: Of the steps of a funnel: content groups, then events; the rest are pages.
_MOST_GROUPS, _MOST_EVENTS = 3, 3
#: The most values of a dimension without a subject that are looked at.
_LOOKED_AT: Final = 10_000
_CLASSES: Final = ("human", "bot")
#: Events that have a type for a name.
_TYPES: Final = (EventType.OUTBOUND_LINK, EventType.SCROLL_25, EventType.SCROLL_50, EventType.SCROLL_75)
_SUBJECTS: Final = {_F(subject.value): subject for subject in Subject if subject.value in {*_F}}


class Option(NamedTuple):
    """One that can be chosen."""

    text: str  #: what it puts into the field
    label: str
    aside: str = ""  #: what tells it from others of its name
    total: str = ""  #: how often there is such a one


class Suggestions:
    """Reads the values of a site's dimensions.

    Args:
        reports: where they are.
        site: whose.
        query: which visits; filters on the dimension that is asked for do not count, for others are wanted.
        locale: of the viewer.
    """

    def __init__(self, reports: Reports, *, site: Site, query: Query, locale: Locale) -> None:
        self._reports = reports
        self._site = site
        self._query = query
        self._locale = locale

    async def values(self, dimension: FilterDimension, typed: str) -> list[Option]:
        """The values of a dimension whose name, or which themselves, have what was typed in them; none of properties.

        Raises:
            Unavailable: as for every report.
        """
        subject = _SUBJECTS.get(dimension)
        if dimension is _F.TRAFFIC:
            return _plain(_CLASSES, typed)
        if dimension is _F.EVENT:
            return [*await self._rows(Subject.EVENT, typed), *_plain(_TYPES, typed)][:MOST]
        if subject is not None:
            return await self._rows(subject, typed)
        if dimension.value in {*Dimension}:
            return await self._of_dimension(dimension, Dimension(dimension.value), typed)
        return []

    async def steps(self, typed: str) -> list[Option]:
        """What can be a step of a funnel: a content group by its pattern, a page or an event."""
        groups = [
            Option(group.pattern, group.name, group.pattern)
            for group in self._site.content_groups
            if has(typed)((group.name, group.pattern)) and group.pattern.startswith("/")
        ][:_MOST_GROUPS]
        events = [option._replace(aside="event") for option in await self._rows(Subject.EVENT, typed)][:_MOST_EVENTS]
        pages = [
            option._replace(text=f"\\{option.text}" if "*" in option.text else option.text)
            for option in await self._rows(Subject.PAGE, typed)
        ]
        return [*groups, *pages[: MOST - len(groups) - len(events)], *events]

    async def _rows(self, subject: Subject, typed: str) -> list[Option]:
        fits, locale = has(typed), self._locale
        found = await self._reports.breakdown(
            self._without(subject),
            subject,
            limit=MOST,
            matches=lambda names: fits((*names, label(subject, names, locale))),
        )
        options = []
        for row in found.rows:
            (given,) = filters_of(subject, row.names)
            (choice, *_) = given.choices
            count = int(value_of(subject.metric.metric, row.totals))
            options.append(
                Option(
                    spell(given.dimension, choice.text, locale),
                    label(subject, row.names, locale),
                    aside(subject, row.names, locale),
                    numbers.count(count, locale),
                )
            )
        return options

    async def _of_dimension(self, dimension: FilterDimension, of: Dimension, typed: str) -> list[Option]:
        query = replace(self._query, filters=_others(self._query, {dimension}))
        found = await self._reports.sources(query, of, limit=_LOOKED_AT)
        fits, joined = has(typed), "/" if len(OF_SESSIONS[of]) > 1 else ""
        options = []
        for names, visits in found.rows:
            value = joined.join(names).rstrip("/") if joined else names[0]
            if fits((value, value_label(dimension, value, self._locale))):
                options.append(Option(value, value, "", numbers.count(visits, self._locale)))
        return options[:MOST]

    def _without(self, subject: Subject) -> Query:
        """The query without filters on what is asked for."""
        dimensions = {each.dimension for each in filters_of(subject, ("",) * len(subject.names))}
        return replace(self._query, filters=_others(self._query, dimensions))


def has(typed: str) -> Callable[[Iterable[str]], bool]:
    """Whether any of some texts has what was typed in it, in any case."""
    wanted = typed.strip().casefold()
    return lambda texts: any(wanted in text.casefold() for text in texts)


def _plain(values: Sequence[str], typed: str) -> list[Option]:
    return [Option(value, value) for value in values if has(typed)((value,))]


def _others(query: Query, dimensions: set[FilterDimension]) -> tuple[Filter, ...]:
    return tuple(each for each in query.filters if each.dimension not in dimensions)
