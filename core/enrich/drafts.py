"""Several events of one site in the making, a column a field: what `core.enrich.draft.Draft` is to one."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Any, Final

from core.events import TrafficClass, event_of
from core.locations import whole_queries

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from core.clicks import Network
    from core.drops import DropReason
    from core.enrich.draft import Lookups
    from core.events import Event
    from core.raw import RawEvent, Request
    from core.sites import Site

#: What is no column.
_SHARED: Final = frozenset({"site", "lookups", "dropped"})


class Drafts:
    """What is known so far of the events. Column steps read what earlier ones put, and may drop rows.

    `row` is the place that an event had among those that came in; `dropped` says why those are gone that are.
    """

    row: Sequence[int]
    path: Sequence[str]
    hostname: Sequence[str]
    query: Sequence[str]
    referrer: Sequence[str]
    referrer_host: Sequence[str]
    channel: Sequence[str]
    utm_source: Sequence[str]
    utm_medium: Sequence[str]
    utm_campaign: Sequence[str]
    utm_content: Sequence[str]
    utm_term: Sequence[str]
    click: Sequence[Network | None]
    country: Sequence[str]
    region: Sequence[str]
    city: Sequence[str]
    browser: Sequence[str]
    browser_version: Sequence[str]
    os: Sequence[str]
    os_version: Sequence[str]
    device: Sequence[str]
    bot: Sequence[bool]
    screen: Sequence[str]
    ts: Sequence[int]
    event_id: Sequence[int]
    visitor: Sequence[int]
    prev: Sequence[int]
    bucket: Sequence[int]

    def __init__(self, *, raws: Sequence[RawEvent], requests: Sequence[Request], site: Site, lookups: Lookups) -> None:
        self.site = site
        self.lookups = lookups
        self.dropped: dict[int, DropReason] = {}
        self.row = range(len(raws))
        (
            self.type,
            self.url,
            self.sent_path,
            self.sent_referrer,
            self.name,
            self.screen_width,
            self.sent_source,
            self.sent_medium,
            self.sent_campaign,
            self.status,
            self.engaged_ms,
            self.properties,
            self.sent_country,
            self.visitor_id,
            self.keeps_query,
            self.keeps_ip,
        ) = zip(*raws, strict=True)
        self.ip, self.user_agent, self.gpc, self.dnt, self.prefetch = zip(*requests, strict=True)
        self.traffic: Sequence[int] = [TrafficClass.HUMAN.value] * len(raws)

    def drop(self, reason: DropReason, dropped: Sequence[object]) -> None:
        """Leave out the rows for which `dropped` is true."""
        self.dropped |= dict.fromkeys(compress(self.row, dropped), reason)
        kept = [not out for out in dropped]
        for name, column in vars(self).items():
            if name not in _SHARED:
                setattr(self, name, list(compress(column, kept)))

    def events(self) -> Iterator[Event]:
        """Return the finished events."""
        query, ip = self.query, [""] * len(self.row)
        if any(self.keeps_query):
            kept = zip(self.keeps_query, whole_queries(self.url), query, strict=True)
            query = [whole if keeps else found for keeps, whole, found in kept]
        if self.site.keep_ips and any(self.keeps_ip):
            ip = [address if keeps else "" for keeps, address in zip(self.keeps_ip, self.ip, strict=True)]
        rows = zip(
            self.ts,
            self.event_id,
            self.visitor,
            self.prev,
            [self.site.id] * len(self.row),
            self.traffic,
            self.type,
            self.name,
            self.path,
            query,
            self.referrer,
            self.referrer_host,
            self.channel,
            self.utm_source,
            self.utm_medium,
            self.utm_campaign,
            self.utm_content,
            self.utm_term,
            self.hostname,
            self.country,
            self.region,
            self.city,
            self.browser,
            self.browser_version,
            self.os,
            self.os_version,
            self.device,
            self.screen,
            self.status,
            self.engaged_ms,
            ip,
            self.properties,
            strict=True,
        )
        return map(event_of, rows)


class _Known(dict[Any, Any]):
    """Answers that are asked for once."""

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, key: Hashable) -> Any:  # noqa: ANN401 - whatever is answered
        found = self[key] = self._answer(key)
        return found


def each(answer: Callable[[Any], Any], column: Iterable[Hashable]) -> list[Any]:
    """Return the answer to each value, asked once for those that are the same."""
    return list(map(_Known(answer).__getitem__, column))


def each_of(answer: Callable[..., Any], *columns: Iterable[Hashable]) -> list[Any]:
    """Return the answer to the values of each row, asked once for rows that are the same."""
    return each(lambda values: answer(*values), zip(*columns, strict=True))
