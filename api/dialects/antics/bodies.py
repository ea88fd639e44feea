"""The body of an event, into a raw event of the domain. Pure."""

from __future__ import annotations

from typing import Final

import msgspec

from api.collector.properties import dump_properties, parse_properties
from core.errors import InvalidInput
from core.events import EventType
from core.locations import split_host, without_query
from core.raw import RawEvent
from core.text import require_clean

_MAX_NAME: Final = 255
_MAX_SECONDS: Final = 86_400
_NULL: Final = msgspec.Raw(b"null")
#: What the tracker sends beside views; any other name is a custom event's.
_PASSIVE: Final = frozenset({EventType.ENGAGEMENT.value, EventType.WEB_VITALS.value})
#: Custom events about a link: what its address hands on to another page is nobody's business.
_LINKS: Final = frozenset({"outbound_link", "file_download"})


class _Body(msgspec.Struct, frozen=True, gc=False):
    """An event as the API documents it; fields it does not name are ignored."""

    u: str
    n: str | None = None
    r: str | None = None
    w: int | float | None = None
    t: int | float | None = None
    p: msgspec.Raw = _NULL


_decoder: Final = msgspec.json.Decoder(_Body)


def read_body(body: bytes) -> RawEvent:
    """Return the event.

    Raises:
        InvalidInput: it is none; the message names the field.
    """
    try:
        given = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise InvalidInput(_explain(str(error))) from None
    except RecursionError:
        raise InvalidInput("the body is nested too deep") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"the body is not JSON: {error}") from None
    for field in ("u", "n", "r"):
        require_clean(getattr(given, field) or "", field)
    type_, name = _type_and_name(given.n or "")
    properties = "" if given.p is _NULL else _properties(given.p, name)
    return RawEvent(
        type=type_,
        name=name,
        url=given.u,
        path=_path(given.u),
        referrer=given.r or "",
        screen_width=given.w or 0,
        engaged_ms=int(min(max(given.t or 0, 0), _MAX_SECONDS) * 1_000),
        properties=properties,
    )


def _type_and_name(name: str) -> tuple[str, str]:
    if not name:
        return EventType.PAGE_VIEW.value, ""
    if name in _PASSIVE:
        return name, ""
    if len(name) > _MAX_NAME:
        raise InvalidInput(f"n must be at most {_MAX_NAME} characters")
    return EventType.CUSTOM.value, name


def _path(url: str) -> str:
    address = without_query(url)
    host, path = split_host(address)
    if host:
        return path or "/"
    if not address.startswith("/"):
        raise InvalidInput("u must be the address of a page, such as https://example.com/page")
    return address


def _properties(sent: msgspec.Raw, name: str) -> str:
    own = parse_properties(sent, "p")
    if name in _LINKS and isinstance(url := own.get("url"), str):
        own["url"] = without_query(url)
    return dump_properties(own)


def _explain(message: str) -> str:
    if "missing required field" in message:
        return "u is required: the address of the page"
    return f"the body must be an event: {message}"
