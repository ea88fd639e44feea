"""The body of a collect request: one event or an array of them, into raw events of the domain."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final

import msgspec

from api.collector.properties import dump_properties, parse_properties
from core.errors import InvalidInput
from core.events import EventType
from core.locations import without_query
from core.raw import RawEvent
from core.text import require_clean

#: Events that one request may carry.
MAX_EVENTS: Final = 32
_MAX_TYPE: Final = 64
_MAX_NAME: Final = 255
_MAX_ENGAGED: Final = 86_400_000
_NULL: Final = msgspec.Raw(b"null")
#: The API's own types; any other word is a custom event of that name.
_TYPES: Final = frozenset(
    {
        EventType.PAGE_VIEW.value,
        EventType.CLOSE_TAB.value,
        EventType.SCROLL_25.value,
        EventType.SCROLL_50.value,
        EventType.SCROLL_75.value,
        EventType.OUTBOUND_LINK.value,
        EventType.WEB_VITALS.value,  # an extension: as a custom event it would make every visit one that did something
    }
)
#: Events about a link, whose address is the property `url`: what it hands on to another page is nobody's business.
_LINKS: Final = frozenset({EventType.OUTBOUND_LINK.value, "file_download"})
#: Where a custom event's name is looked for, in this order.
_NAME_FIELDS: Final = ("name", "event_name", "event")
_TEXT_FIELDS: Final = (
    "website_id",
    "event_type",
    "url",
    "path",
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
)
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`(?: - at `\$(.*)`)?")
_PLACED: Final = re.compile(r"(.*) - at `\$(.*)`")


class Body(msgspec.Struct, frozen=True, gc=False):
    """One event as the API documents it; fields it does not name are ignored."""

    website_id: str
    event_type: str
    url: str
    path: str
    referrer: str | None = None
    screen_width: int | float | None = None
    screen_height: int | float | None = None
    properties: msgspec.Raw = _NULL
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None


_one: Final = msgspec.json.Decoder(Body)
_many: Final = msgspec.json.Decoder(Annotated[list[Body], msgspec.Meta(min_length=1, max_length=MAX_EVENTS)])


def read_body(body: bytes) -> list[tuple[str, RawEvent]]:
    """Return the (website id, event) pairs of an object, or of an array of 1 to 32 objects.

    Raises:
        InvalidInput: no such body; the message names the field and, within an array, the index.
    """
    # JSON may hold U+0000 in this form only, so that nearly every body is cleared by one search.
    suspect = b"\\u0000" in body
    try:
        if body.lstrip()[:1] == b"[":
            return [_event(event, f"[{index}].", suspect=suspect) for index, event in enumerate(_many.decode(body))]
        return [_event(_one.decode(body), "", suspect=suspect)]
    except msgspec.ValidationError as error:
        raise InvalidInput(_explain(str(error))) from None
    except RecursionError:
        raise InvalidInput("the body is nested too deep") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(_find_surrogate(body) or f"the body is not JSON: {error}") from None


def _event(body: Body, place: str, *, suspect: bool) -> tuple[str, RawEvent]:
    _check(body, place, suspect=suspect)
    type_, name, properties, status, engaged_ms = body.event_type, "", "", 0, 0
    if body.properties is not _NULL:
        own = parse_properties(body.properties, f"{place}properties")
        if type_ == EventType.CUSTOM:
            name = _take_name(own, place)
        elif type_ == EventType.CLOSE_TAB:
            engaged_ms = _take_whole(own, "engaged_ms", 0, _MAX_ENGAGED)
        elif type_ == EventType.PAGE_VIEW:
            status = _take_whole(own, "status", 0, 999)
        if (name or type_) in _LINKS and isinstance(url := own.get("url"), str):
            own["url"] = without_query(url)
        properties = dump_properties(own)
    if type_ not in _TYPES:
        name = name or type_
        type_ = EventType.CUSTOM.value
    raw = (
        type_,
        body.url,
        body.path,
        body.referrer or "",
        name,
        body.screen_width or 0,
        body.utm_source or "",
        body.utm_medium or "",
        body.utm_campaign or "",
        status,
        engaged_ms,
        properties,
        "",
        "",
        False,
        False,
    )
    # Calling a named tuple with so many arguments takes far longer than making it of the tuple that it is.
    return body.website_id, tuple.__new__(RawEvent, raw)


def _check(body: Body, place: str, *, suspect: bool) -> None:
    if suspect:
        for field in _TEXT_FIELDS:
            require_clean(getattr(body, field) or "", place + field)
    if not body.website_id:
        raise InvalidInput(f"{place}website_id is required")
    if not 0 < len(body.event_type) <= _MAX_TYPE:
        raise InvalidInput(f"{place}event_type must be 1 to {_MAX_TYPE} characters")
    if not body.url:
        raise InvalidInput(f"{place}url is required")


def _take_name(properties: dict[str, Any], place: str) -> str:
    """The custom event's name, taken out of its properties: it has a column of its own."""
    for field in _NAME_FIELDS:
        name = properties.get(field)
        if isinstance(name, str) and name:
            if len(name) > _MAX_NAME:
                raise InvalidInput(f"{place}properties.{field} must be at most {_MAX_NAME} characters")
            del properties[field]
            return name
    return ""


def _take_whole(properties: dict[str, Any], field: str, least: int, most: int) -> int:
    """A number that has a column of its own, within its bounds; anything else stays a property like any other."""
    value = properties.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    del properties[field]
    return int(min(max(value, least), most))


def _explain(message: str) -> str:
    """The decoder's message with the field in front."""
    if missing := _MISSING.fullmatch(message):
        place = f"{missing[2]}." if missing[2] else ""
        return f"{place.lstrip('.')}{missing[1]} is required"
    if placed := _PLACED.fullmatch(message):
        return f"{placed[2].lstrip('.')}: {placed[1]}"
    return f"the body must be an event or an array of 1 to {MAX_EVENTS} events: {message}"


def _find_surrogate(body: bytes) -> str | None:
    """Which field holds half a surrogate pair, if that is why the body could not be read."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    events = value if isinstance(value, list) else [value]
    for index, event in enumerate(events):
        for field, content in event.items() if isinstance(event, dict) else ():
            try:
                json.dumps(content, ensure_ascii=False).encode()
            except UnicodeEncodeError:
                place = f"[{index}]." if isinstance(value, list) else ""
                return f"{place}{field[:64]} must not contain half a surrogate pair"
    return None
