"""A report of a week or a month as a message: plain text in columns, and the same for programs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from babel import Locale
from babel.dates import format_date, format_interval

from api.dashboard import labels, numbers
from api.dashboard.choices import PageMetric
from api.dashboard.metrics import numbers_of
from api.dashboard.numbers import Direction
from api.dashboard.state import State
from core.intervals import Interval
from core.messages import Composed, MessageKind
from core.metrics import value_of
from core.subjects import Column, Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregations.answers import Summary
    from aggregations.tables import Breakdown
    from core.metrics import Totals
    from core.ranges import Days
    from core.sites import Site

#: What is listed, and what each list is called.
LISTS: Final = {
    Subject.PAGE: "Pages",
    Subject.SOURCE: "Sources",
    Subject.COUNTRY: "Countries",
    Subject.DEVICE: "Devices",
}
#: Rows of a list.
ROWS: Final = 5
_COUNTED: Final = {Column.PAGEVIEWS: "Page views", Column.VISITORS: "Visitors", Column.VISITS: "Visits"}
_KINDS: Final = {Interval.WEEK: MessageKind.WEEKLY_REPORT, Interval.MONTH: MessageKind.MONTHLY_REPORT}
_ENGLISH: Final = Locale("en", "GB")
#: Columns, in characters: of names, of numbers, of changes.
_NAME, _NUMBER, _CHANGE = 40, 12, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a report is made of."""

    interval: Interval  #: week or month
    summary: Summary  #: with the week or month before
    lists: Sequence[Breakdown]  #: of `LISTS`, in their order


def compose(site: Site, found: Found, public_url: str) -> Composed:
    """Return the message.

    Args:
        site: what it is about.
        found: its numbers.
        public_url: how browsers reach us, without a slash at the end; '' where nobody knows.
    """
    days = found.summary.days
    state = State(site=site.domain, days=days)
    link = f"{public_url}{state.url()}" if public_url else ""
    visitors = found.summary.totals.visitors
    counted = "1 visitor" if visitors == 1 else f"{numbers.exact(visitors, _ENGLISH)} visitors"
    parts = [_heading(site, found), _totals(found.summary, state, site)]
    parts += [_table(each) for each in found.lists if each.rows]
    parts += [f"More: {link}"] if link else []
    return Composed(
        kind=_KINDS[found.interval],
        title=f"{site.domain}, {_span(days, found.interval)}: {counted}",
        text="\n\n".join(parts).replace("\N{NO-BREAK SPACE}", " "),
        data=_data(site, found, link),
    )


def _heading(site: Site, found: Found) -> str:
    span, word = _span(found.summary.days, found.interval), found.interval.value
    past = found.summary.before
    against = "There is nothing to compare it with yet."
    if past is not None and past.found is not None:
        against = f"Changes are against the {word} before, {_span(past.other.days, found.interval)}."
    return f"{site.domain}: the {word} of {span} ({site.time_zone})\n{against}"


def _span(days: Days, interval: Interval) -> str:
    if interval is Interval.MONTH:
        return str(format_date(days.first, "MMMM y", locale=_ENGLISH))
    return str(format_interval(days.first, days.last, "yMMMd", locale=_ENGLISH)).replace("\u2009", "")


def _totals(summary: Summary, state: State, site: Site) -> str:
    lines = []
    for each in numbers_of(summary, state, _ENGLISH, is_utc=site.time_zone == "UTC"):
        change = ""
        if each.change is not None:
            sign = {Direction.UP: "+", Direction.DOWN: "-"}.get(each.change.direction, "")
            change = f"{sign}{each.change.text}"
        lines.append(_line(each.name, each.exact, change))
    return "\n".join(lines)


def _table(found: Breakdown) -> str:
    metric = found.subject.metric
    lines = [_line(LISTS[found.subject], _COUNTED[metric])]
    for row in found.rows:
        name = labels.label(found.subject, row.names, _ENGLISH)
        lines.append(_line(name, numbers.exact(_value(row.totals, metric), _ENGLISH)))
    return "\n".join(lines)


def _line(name: str, number: str, change: str = "") -> str:
    shown = "".join(each for each in name if each.isprintable())
    if len(shown) > _NAME:
        shown = f"{shown[: _NAME - 1]}\N{HORIZONTAL ELLIPSIS}"
    return f"{shown:<{_NAME}}{number:>{_NUMBER}}{change:>{_CHANGE}}".rstrip()


def _value(totals: Totals, column: Column) -> int:
    return int(value_of(column.metric, totals))


def _data(site: Site, found: Found, link: str) -> dict[str, Any]:
    summary = found.summary
    past = None if summary.before is None or summary.before.found is None else summary.before
    return {
        "period": found.interval.value,
        "from": summary.days.first.isoformat(),
        "to": summary.days.last.isoformat(),
        "time_zone": site.time_zone,
        "totals": _metrics(summary.totals),
        "before": None
        if past is None or past.found is None
        else {
            "from": past.other.days.first.isoformat(),
            "to": past.other.days.last.isoformat(),
            "totals": _metrics(past.found),
        },
        **{
            LISTS[each.subject].lower(): [
                {each.subject.value: row.names[-1], each.subject.metric.value: _value(row.totals, each.subject.metric)}
                for row in each.rows
            ]
            for each in found.lists
        },
        "url": link,
    }


def _metrics(totals: Totals) -> dict[str, float]:
    return {metric.metric.value: value_of(metric.metric, totals) for metric in PageMetric}
