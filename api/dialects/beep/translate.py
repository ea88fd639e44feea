"""From what a browser sends to an event, and from what is counted to the rows of statistics."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from api.dialects.beep.wire import count_row, view_row
from core.events import EventType
from core.raw import RawEvent
from core.text import require_clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregations.hits import Hit
    from api.dialects.beep.wire import View

_SCHEME: Final = re.compile(r"https?://", re.IGNORECASE)
_END: Final = re.compile(r"[:/?#]")
_SCREEN: Final = re.compile(r"([0-9]{1,6})x([0-9]{1,6})")


def domain_of(origin: str) -> str:
    """Return the domain in an Origin or Referer header, in lower case without scheme, port and path; '' if none."""
    scheme = _SCHEME.match(origin)
    return _END.split(origin[scheme.end() :] if scheme else origin, maxsplit=1)[0].strip().lower()


def page_view(view: View, domain: str) -> RawEvent:
    """Return the event that a page view of this domain is; a path without its slash gets it.

    Raises:
        InvalidInput: a text cannot be stored; the message names the field.
    """
    path, referrer = view.path or "/", view.referrer or ""
    require_clean(path, "path")
    require_clean(referrer, "referrer")
    width = _SCREEN.fullmatch(view.screen or "")
    slash = "" if path.startswith("/") else "/"
    return RawEvent(
        type=EventType.PAGE_VIEW.value,
        url=f"https://{domain}{slash}{path}",
        path=path,
        referrer=referrer,
        screen_width=int(width[1]) if width else 0,
        keeps_ip=True,
    )


def count_rows(found: Iterable[tuple[int, str, str, int]], domains: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return one row for each domain, address and path, in the order of domain, path and address.

    Args:
        found: (site, address, path, views).
        domains: the domain of each site; sites of different accounts may have the same.
    """
    counts: dict[tuple[str, str, str], int] = {}
    for site, ip, path, count in found:
        key = domains[site], path, ip
        counts[key] = counts.get(key, 0) + count
    return [count_row(domain, ip, path, count) for (domain, path, ip), count in sorted(counts.items())]


def view_rows(found: Iterable[Hit], domains: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return one row for each view, in the order of domain and path, the newest first."""
    ordered = sorted(found, key=lambda hit: (domains[hit.site], hit.path, -hit.ts, -hit.event_id))
    return [view_row(domains[hit.site], hit) for hit in ordered]
