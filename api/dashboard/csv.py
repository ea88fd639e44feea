"""What is shown as a file: the list, the flow or the funnel that is open, and otherwise the chart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from aggregations.series import Asked as Plotted
from api.csv import attachment
from api.dashboard import sheets
from api.dashboard.asking import asked_of
from api.dashboard.choices import View
from api.dashboard.dialogs import details
from api.dashboard.dialogs.opening import funnel_found, saved_of
from api.dashboard.guard import HEADERS
from api.dashboard.labels import label
from api.dashboard.timeline import interval_of
from core.paths import normalise_path
from storage.definitions import FUNNELS

if TYPE_CHECKING:
    from fastapi import Response

    from api.csv import Table
    from api.dashboard.parts import Parts, Shown
    from api.dashboard.report import Asked

#: Rows of one file.
_MOST: Final = 1_000_000
#: Neighbours of a page, of each kind.
_AROUND: Final = 1_000


async def answer(parts: Parts, shown: Shown) -> Response:
    """The file of what the state shows.

    Raises:
        Unavailable: as for every report.
    """
    asked = await asked_of(parts, shown)
    state = shown.state
    word = state.view.value if state.view.is_list or state.view in {View.FLOW, View.FUNNEL} else state.metric.value
    table = await _table(parts, shown, asked)
    response = attachment(f"{shown.site.domain}-{word}-{asked.days.first}-{asked.days.last}", *table)
    response.headers.update({**HEADERS, "Cache-Control": "private, no-cache"})
    return response


async def _table(parts: Parts, shown: Shown, asked: Asked) -> Table:
    state, locale = shown.state, shown.viewer.language
    if state.view.is_list:
        found = await details.rows(parts.reports, asked, state, locale, limit=_MOST)
        return sheets.breakdown(found, partial(label, locale=locale))
    if state.view is View.FLOW:
        path = normalise_path(state.of)
        return sheets.around(await parts.reports.around(asked.query, path, limit=_AROUND))
    if state.view is View.FUNNEL:
        saved = await saved_of(parts, FUNNELS, shown.site.id)
        return sheets.funnel(await funnel_found(parts, shown, saved))
    plotted = Plotted(state.metric.metric, interval_of(state, asked.days), asked.calendar, asked.other)
    series = await parts.reports.series(asked.query, plotted)
    return sheets.series(series, state.metric.value, ZoneInfo(shown.site.time_zone))
