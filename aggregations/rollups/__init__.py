"""Rollups: what one UTC day of one site adds up to, by the hour and for the day.

One file per rollup, each one declared value in `ROLLUPS`: its table and a pure function from the day's frames to rows.
Sums of events belong to the hour of the event, sums of sessions to the hour of the session's start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregations.rollups.dim import DIM
from aggregations.rollups.event import EVENT
from aggregations.rollups.path import PATH
from aggregations.rollups.site import SITE

if TYPE_CHECKING:
    from aggregations.rollups.rollup import Rollup

ROLLUPS: Final[tuple[Rollup, ...]] = (SITE, PATH, EVENT, DIM)
