"""Reports of the domain in the shapes of the TinyTrail API: as JSON and as rows of CSV. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from aggregations.conversions import Place
from api.csv import Table
from api.dialects.instants import to_the_millisecond
from api.dialects.tinytrail.extended import Change, compared, comparison, converted
from api.dialects.tinytrail.periods import period
from core.dimensions import Dimension
from core.drops import MEANINGS, DropReason
from core.metrics import Metric, change_percent, rounded, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregations.answers import Around, CustomEvents, Flow, Funnel, Journeys, Pages, Summary, Timeseries
    from aggregations.breakdowns import Devices, Sources
    from aggregations.conversions import Reached
    from api.csv import Cell
    from api.dialects.tinytrail.parameters import Parameters
    from core.globs import PathGroups
    from core.ranges import Days
    from core.realtime import RealtimeView
    from storage.drops import Dropped

#: The summary's metrics by the names that they have there.
_SUMMARY: Final = {
    "visits": Metric.VISITS,
    "unique_visitors": Metric.UNIQUE_VISITORS,
    "pageviews": Metric.PAGEVIEWS,
    "bounce_rate": Metric.BOUNCE_RATE,
    "avg_session_duration_sec": Metric.AVG_SESSION_DURATION,
}

#: What stands for a page before the first and after the last of a visit.
_ENTRY: Final = "(entry)"
_EXIT: Final = "(exit)"
#: What the columns of a source are called.
_SOURCES: Final = {
    Dimension.CHANNEL: ("channel",),
    Dimension.REFERRER: ("referrer",),
    Dimension.UTM: ("utmSource", "utmMedium", "utmCampaign"),
}
#: What the lists of the report of devices are called, and the values in them.
_DEVICES: Final = {
    Dimension.DEVICE: ("device_types", "deviceType"),
    Dimension.BROWSER: ("browsers", "browserFamily"),
    Dimension.OS: ("os_families", "osFamily"),
    Dimension.SCREEN: ("screen_resolutions", "bucket"),
}


def summary(report: Summary, goal: Mapping[str, dict[str, Cell]] | None = None) -> dict[str, Any]:
    """The summary's data, with the metrics of a goal if there is one."""
    days = report.previous_days
    return {
        "period": period(report.days),
        "comparison": None if days is None else f"{days.first} to {days.last}",
        **comparison(report.before),
        "metrics": _metrics(report) | dict(goal or {}),
    }


def summary_table(report: Summary, goal: Mapping[str, dict[str, Cell]] | None = None) -> Table:
    """The summary's rows; without a comparison the last two columns are empty."""
    columns = ("metric", "value", "previous", "change_pct")
    found = (_metrics(report) | dict(goal or {})).items()
    return Table(columns, [(name, *(values.get(column) for column in columns[1:])) for name, values in found])


def pages(report: Pages, groups: PathGroups, given: Parameters, reached: Reached | None = None) -> dict[str, Any]:
    """The data of the pages; a page in no group has null for one."""
    table = pages_table(report, groups, reached)
    return {
        "period": period(report.days),
        **comparison(report.before),
        "page": given.page,
        "per_page": given.per_page,
        "rows": _rows(table),
    }


def pages_table(report: Pages, groups: PathGroups, reached: Reached | None = None) -> Table:
    """The rows of the pages."""
    table = Table(
        ("path", "contentGroup", "pageviews", "uniquePageviews"),
        [(page.path, groups.name_of(page.path), page.views, page.unique_views) for page in report.rows],
    )
    table = compared(table, report.before, lambda found, row: found.get(row[0]), value=2)
    return converted(table, reached, Place.PAGE)


def sources(report: Sources, given: Parameters, reached: Reached | None = None) -> dict[str, Any]:
    """The data of the sources, in the words of what they are grouped by."""
    table = sources_table(report, reached)
    return {
        "period": period(report.days),
        **comparison(report.before),
        "page": given.page,
        "per_page": given.per_page,
        "rows": _rows(table),
    }


def sources_table(report: Sources, reached: Reached | None = None) -> Table:
    """The rows of the sources."""
    names, dimension = _SOURCES[report.dimension], report.dimension

    def key(row: Sequence[Cell]) -> tuple[str, ...]:
        return tuple(map(str, row[: len(names)]))

    table = Table((*names, "visits"), [(*columns, visits) for columns, visits in report.rows])
    table = compared(table, report.before, lambda found, row: found.get(key(row)), value=len(names))
    return converted(table, reached, dimension, key)


def devices(report: Devices, reached: Reached | None = None) -> dict[str, Any]:
    """The data of devices, browsers, systems and screens."""
    data: dict[str, Any] = {"period": period(report.days), **comparison(report.before)}
    for dimension, (list_, _) in _DEVICES.items():
        data[list_] = _rows(_table_of(report, dimension, reached))
    return data


def devices_table(report: Devices, reached: Reached | None = None) -> Table:
    """The rows of the devices alone."""
    return _table_of(report, Dimension.DEVICE, reached)


def _table_of(report: Devices, dimension: Dimension, reached: Reached | None) -> Table:
    table = Table((_DEVICES[dimension][1], "visits"), report.rows[dimension])
    table = compared(table, report.before, lambda found, row: found[dimension].get(row[0]), value=1)
    return converted(table, reached, dimension)


def flow(report: Flow, reached: Reached | None = None) -> dict[str, Any]:
    """The data of where visits enter and leave."""
    exits = Table(("path", "exits"), report.exits)
    exits = compared(exits, report.before, lambda found, row: found[1].get(row[0]), value=1)
    return {
        "period": period(report.days),
        **comparison(report.before),
        "landing_pages": _rows(flow_table(report, reached)),
        "exit_pages": _rows(converted(exits, reached, Place.EXIT)),
    }


def flow_table(report: Flow, reached: Reached | None = None) -> Table:
    """The rows of the landing pages."""
    table = Table(("path", "entries"), report.landings)
    table = compared(table, report.before, lambda found, row: found[0].get(row[0]), value=1)
    return converted(table, reached, Place.ENTRY)


def custom_events(report: CustomEvents, given: Parameters, reached: Reached | None = None) -> dict[str, Any]:
    """The data of the custom events."""
    return {
        "period": period(report.days),
        **comparison(report.before),
        "page": given.page,
        "per_page": given.per_page,
        "rows": _rows(custom_events_table(report, reached)),
    }


def custom_events_table(report: CustomEvents, reached: Reached | None = None) -> Table:
    """The rows of the custom events."""
    table = Table(("name", "count"), report.rows)
    table = compared(table, report.before, lambda found, row: found.get(row[0]), value=1)
    return converted(table, reached, Place.EVENT)


def funnel(report: Funnel) -> dict[str, Any]:
    """The funnel's data."""
    table = funnel_table(report)
    return {
        "period": period(report.days),
        "funnel": [dict(zip(table.columns, row, strict=True)) for row in table.rows],
    }


def funnel_table(report: Funnel) -> Table:
    """The funnel's rows: of the visits that took the step before, so many percent took this; the first has all."""
    rows: list[tuple[Cell, ...]] = []
    before = None
    for step, visits in report.steps:
        rate = 100 if before is None else rounded(visits * 100, before, decimals=2) if before else 0
        rows.append((step, visits, rate))
        before = visits
    return Table(("step", "sessions", "conversion_rate"), rows)


def journeys(report: Journeys, given: Parameters) -> dict[str, Any]:
    """The journeys' data."""
    return {
        "period": period(report.days),
        "page": given.page,
        "per_page": given.per_page,
        "rows": [{"pages": list(pages), "visits": visits} for pages, visits in report.rows],
    }


def journeys_table(report: Journeys) -> Table:
    """The rows of the journeys; a path has no line break, so that one stands between two."""
    return Table(("pages", "visits"), [("\n".join(pages), visits) for pages, visits in report.rows])


def around(report: Around, given: Parameters) -> dict[str, Any]:
    """The data of what is around a page: where visits begin and end, in brackets, is no path."""
    return {
        "period": period(report.days),
        "path": report.path,
        "page": given.page,
        "per_page": given.per_page,
        "before": [{"path": path or _ENTRY, "count": count} for path, count in report.before],
        "after": [{"path": path or _EXIT, "count": count} for path, count in report.after],
    }


def around_table(report: Around) -> Table:
    """The rows of what came before, then of what came after."""
    before = [("before", path or _ENTRY, count) for path, count in report.before]
    return Table(
        ("place", "path", "count"), [*before, *(("after", path or _EXIT, count) for path, count in report.after)]
    )


def timeseries(report: Timeseries, path: str | None) -> dict[str, Any]:
    """The series' data; `*` for the whole site."""
    return {
        "period": period(report.days),
        "metric": report.metric.value,
        "path": path or "*",
        "series": [{"date": day.isoformat(), "value": value} for day, value in report.points],
    }


def timeseries_table(report: Timeseries) -> Table:
    """The series' rows."""
    return Table(("date", "value"), ((day.isoformat(), value) for day, value in report.points))


def drops(days: Days, dropped: Sequence[Dropped]) -> dict[str, Any]:
    """The data of what was dropped: day by day, and in all with what each reason means, most first."""
    table = drops_table(dropped)
    totals: Counter[str] = Counter()
    for one in dropped:
        totals[one.reason] += one.count
    return {
        "period": period(days),
        "rows": [dict(zip(table.columns, row, strict=True)) for row in table.rows],
        "totals": [
            {"reason": reason, "count": count, "meaning": MEANINGS[DropReason(reason)]}
            for reason, count in sorted(totals.items(), key=lambda total: (-total[1], total[0]))
        ],
    }


def drops_table(dropped: Iterable[Dropped]) -> Table:
    """The rows of what was dropped."""
    return Table(("date", "reason", "count"), ((one.day.isoformat(), one.reason, one.count) for one in dropped))


def realtime(view: RealtimeView, *, extended: bool = False) -> dict[str, Any]:
    """The data of the last minutes, `extended` by who is here now and by what happened minute by minute."""
    data: dict[str, Any] = {
        "active_visitors": view.active,
        "top_pages": [{"path": path, "visitors": visitors} for path, visitors in view.top_pages],
        "events_by_type": [{"eventType": type_, "count": count} for type_, count in view.types],
    }
    if extended:
        data["visitors_now"] = view.here
        data["minutes"] = [
            {"start": to_the_millisecond(minute.start), "visitors": minute.visitors, "pageviews": minute.views}
            for minute in view.minutes
        ]
    return data


def _metrics(report: Summary) -> dict[str, dict[str, Cell]]:
    found: dict[str, dict[str, Cell]] = {}
    for name, metric in _SUMMARY.items():
        value = value_of(metric, report.totals)
        found[name] = {"value": value}
        if report.previous is not None:
            previous = value_of(metric, report.previous)
            found[name] |= {"previous": previous, "change_pct": change_percent(value, previous)}
        elif report.before is not None:
            before = None if report.before.found is None else value_of(metric, report.before.found)
            found[name] |= Change.of(value, before)._asdict()
    return found


def _rows(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]
