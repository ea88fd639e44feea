"""What each column of the archive's files means, in words: for docs/archive.md and for whoever is given an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.sessions import NAMING_COLUMNS
from storage.archive.schema import EVENTS, SESSIONS, VISIT, VISIT_START, in_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

_CLASS: Final = "0 human, 1 bot, 2 flood: events of a visitor beyond 20,000 a day, counted nowhere."
_SITE: Final = "Number of the site, the one in the folder's name."
_NAMING: Final = {
    "channel": "Channel: Direct, Organic Search, Social and so on.",
    "referrer_host": "Host of the referrer.",
    "utm_source": "Campaign's source.",
    "utm_medium": "Campaign's medium.",
    "utm_campaign": "Campaign's name.",
    "utm_content": "Campaign's content.",
    "utm_term": "Campaign's term.",
    "hostname": "Host of the page.",
    "country": "Country, ISO 3166-1 alpha-2.",
    "region": "Region by name.",
    "city": "City by name.",
    "browser": "Browser.",
    "browser_version": "Its version.",
    "os": "Operating system.",
    "os_version": "Its version.",
    "device": "desktop, mobile, tablet and so on.",
    "screen": "Bucket of the screen's width in pixels.",
}

#: By column, in the order of the file.
OF_EVENTS: Final[Mapping[str, str]] = {
    "ts": "When the collector accepted the event. (`ts`, `event_id`) is the order of events.",
    "event_id": "Tells events of one visitor and day apart, and orders those of one `ts`.",
    "session_id": "Session that the event is in; 0 for events of nobody.",
    "visitor": "Hash of the visitor, another one on each UTC day; 0 for nobody.",
    "site": _SITE,
    "engaged_ms": "Time for which the page was in use since the last event that said so, ms.",
    "class": _CLASS,
    "status": "HTTP status of the page where it is known, else 0.",
    "new": "Whether it is the visitor's first active event of the UTC day: their number is that of unique visitors.",
    "s1": "Whether it is the first event with this subject (page, or type and name) in its session.",
    "d1": "Whether it is the first event with this subject of the visitor's UTC day.",
    "type": "page_view, custom, outbound_link, close_tab, scroll_25, scroll_50, scroll_75, engagement, web_vitals.",
    "name": "Name of a custom event, target of an outbound link.",
    "path": "Path of the page.",
    "query": "Campaign parameters of the page's address; nothing else of its query is kept.",
    "referrer": "Host and path of the referrer.",
    **_NAMING,
    "ip": "Address, only where the site's owner asked for it.",
    "properties": "Properties of a custom event, a JSON object.",
    VISIT_START: "When the session began, 1970-01-01 without one.",
    **{f"{VISIT}{name}": f"The session's `{name}`, whatever the event itself says." for name in NAMING_COLUMNS},
}
OF_SESSIONS: Final[Mapping[str, str]] = {
    "start": "When its first event happened. A session belongs to the hour and UTC day of its start.",
    "last": "When its last event happened; its duration is `last` - `start`.",
    "session_id": "Its identity: a hash of site, class, visitor and start.",
    "visitor": "Hash of the visitor on the day of the first event.",
    "site": _SITE,
    "engaged_ms": "Sum over its events, ms.",
    "events": "How many events it has.",
    "views": "How many of them are views of pages. One view is a bounce.",
    "actions": "How many are custom events or outbound links. One view and no action is a quiet bounce.",
    "class": _CLASS,
    "visit": "Whether it counts as a visit: it has a view or an action.",
    "entry_path": "Path of its first view, '' without.",
    "exit_path": "Path of its last view, '' without.",
    **{name: f"{_NAMING[name]} Of its first view; without one, of its first action." for name in NAMING_COLUMNS},
}

_TYPES: Final = {
    "Datetime": "timestamp, ms, UTC",
    "Int64": "64-bit integer",
    "Int32": "32-bit integer",
    "Int16": "16-bit integer",
    "Int8": "8-bit integer",
    "Boolean": "boolean",
    "String": "text",
}


def table(kind: str) -> str:
    """Return the columns of `events` or `sessions` files as a table in Markdown."""
    schema, meanings = (EVENTS, OF_EVENTS) if kind == "events" else (SESSIONS, OF_SESSIONS)
    lines = ["| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {_type(found)} | {meanings[name]} |" for name, found in in_file(schema).items()]
    return "\n".join(lines)


def _type(kind: pl.DataType) -> str:
    return _TYPES[type(kind).__name__]
