"""UTC hours, days and months as milliseconds since 1970, and the constants of counting."""

from __future__ import annotations

from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

#: Two neighbouring events of a visitor belong to one session if less than this lies between them.
GAP: Final = 30 * MINUTE
#: A fragment that began before noon never joins the next day's, so no session crosses two midnights.
NOON: Final = 12 * HOUR
#: So no session lasts as long as this: from a noon to the end of the next day.
LONGEST_SESSION: Final = DAY + NOON
#: Before this time of day an event also carries its visitor's hash of the day before.
LINK_UNTIL: Final = 30 * MINUTE
#: How late a live event may arrive after its time stamp and still be counted exactly.
LATENESS: Final = DAY
#: How far a collector's clock may run ahead of the log's.
CLOCK_AHEAD: Final = 5 * MINUTE
#: Counted events of one visitor on one day; more are stored with class flood and counted nowhere.
FLOOD_LIMIT: Final = 20_000


def hour_of(ts: int) -> int:
    """Start of the UTC hour that holds `ts`, in ms."""
    return ts - ts % HOUR


def day_of(ts: int) -> int:
    """Start of the UTC day that holds `ts`, in ms."""
    return ts - ts % DAY


def hours_between(first: int, last: int) -> range:
    """Starts of all UTC hours from the one of `first` to the one of `last`, both included, in ms."""
    return range(hour_of(first), hour_of(last) + 1, HOUR)
