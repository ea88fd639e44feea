"""The section of what is not counted, and how much that was of late."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fastapi.concurrency import run_in_threadpool

from api.dashboard.empty import WHY
from api.dashboard.settings.forms import Checks, lines_of
from api.dashboard.settings.places import country_names, read_country, write_country
from api.dashboard.settings.sections import Saved
from api.dashboard.settings.writing import change_site
from core.drops import DropReason
from core.networks import holds, parse_address
from core.ranges import date_at
from core.site_settings import SETTINGS, check_settings
from core.sites import check_excluded_ips
from storage import drops

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from fastapi import Request
    from psycopg_pool import ConnectionPool

    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking
    from core.sites import Site

#: UTC days of drops that are shown, today included.
DAYS: Final = 7
#: The button that adds the address of whoever presses it.
ADD: Final = "add"
_ADDRESSES: Final = "excluded_ips"
_COUNTRIES: Final = "excluded_countries"
_LISTS: Final = {
    _ADDRESSES: "Networks",
    "allowed_hosts": "Hosts",
    "excluded_paths": "Paths",
    _COUNTRIES: "Countries",
}
_FLAGS: Final = ("honour_gpc", "honour_dnt")


class DropCount(NamedTuple):
    """How much was dropped for one reason."""

    reason: DropReason
    today: int
    days: int  #: on all `DAYS`

    @property
    def meaning(self) -> str:
        """What the reason says to an owner."""
        why = WHY[self.reason]
        return f"{why[:1].upper()}{why[1:]}"


class ExclusionsEditor:
    """Networks, hosts, paths, countries and signals. See `Editor`.

    Args:
        pool: connections to the store.
        address_of: the client's address of a request, '' where there is none.
    """

    def __init__(self, pool: ConnectionPool, *, address_of: Callable[[Request], str]) -> None:
        self._pool = pool
        self._address_of = address_of

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        site, own = asking.site, self._address_of(asking.request)
        address = parse_address(own)
        return {
            "filled": _saved(asking) if typed is None else _typed(typed),
            "own_address": own if address is not None else "",
            "own_address_is_out": address is not None and holds(site.excluded_networks, address),
            "countries": country_names(asking.viewer.language),
            "drops": await run_in_threadpool(self._drops, site, asking.now),
            "days": DAYS,
            "help": {name: SETTINGS[name].meaning for name in (*_LISTS, *_FLAGS) if name in SETTINGS},
        }

    async def save(self, asking: Asking, posted: Posted) -> Saved:
        """See `Editor`."""
        checks, given = Checks(), {}
        for name, label in _LISTS.items():
            lines = lines_of(posted.get(name, ""))
            texts = [line.text for line in lines]
            if name == _COUNTRIES:
                texts = [read_country(text, asking.viewer.language) for text in texts]
            if name == _ADDRESSES and posted.get("action", "") == ADD:
                texts.append(self._address_of(asking.request))
            given[name] = checks.field(
                name, label, partial(_check, name, texts), numbers=[line.number for line in lines]
            )
        checks.done()
        excluded = given.pop(_ADDRESSES)
        changes = given | {name: bool(posted.get(name, "")) for name in _FLAGS}
        await run_in_threadpool(change_site, self._pool, asking, changes, excluded_ips=excluded)
        return Saved()

    def _drops(self, site: Site, now: int) -> list[DropCount]:
        today = date_at(now, UTC)
        with self._pool.connection() as connection:
            found = drops.of_site(connection, site.id, today - timedelta(days=DAYS - 1), today)
        return count_drops(((each.day, each.reason, each.count) for each in found), today=today)


def count_drops(found: Iterable[tuple[date, str, int]], *, today: date) -> list[DropCount]:
    """Return days' counts by reason, the most first."""
    of_days: dict[str, int] = {}
    of_today: dict[str, int] = {}
    for day, reason, count in found:
        of_days[reason] = of_days.get(reason, 0) + count
        if day == today:
            of_today[reason] = of_today.get(reason, 0) + count
    counted = sorted(of_days.items(), key=lambda pair: (-pair[1], pair[0]))
    return [DropCount(DropReason(reason), of_today.get(reason, 0), count) for reason, count in counted]


def _check(name: str, texts: list[str]) -> tuple[str, ...]:
    if name == _ADDRESSES:
        return tuple(dict.fromkeys(check_excluded_ips(texts)))
    checked: tuple[str, ...] = check_settings({name: texts})[name]
    return checked


def _saved(asking: Asking) -> dict[str, Any]:
    site = asking.site
    lists = {name: getattr(site, name) for name in _LISTS}
    lists[_COUNTRIES] = [write_country(code, asking.viewer.language) for code in site.excluded_countries]
    texts = {name: "\n".join(values) for name, values in lists.items()}
    return texts | {name: getattr(site, name) for name in _FLAGS}


def _typed(typed: Posted) -> dict[str, Any]:
    return {name: typed.get(name, "") for name in _LISTS} | {name: bool(typed.get(name, "")) for name in _FLAGS}
