"""The bodies of hits and kudos, into raw events of the domain. Pure.

A batch is read at one stroke if all is right with all of its rows, as with nearly every one; else row by row, so that
a bad one costs nobody but itself.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeVar
from urllib.parse import unquote_plus

import msgspec

from api.collector.clients import canonical
from core.events import EventType
from core.locations import parse_location, parse_locations
from core.raw import RawEvent, Request
from core.text import is_clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: Hits that one request may carry.
MAX_ROWS: Final = 1_000
_MAX_ADDRESS: Final = 4_096
_MAX_ID: Final = 255
#: What is read of a user agent, as of a browser's.
_MAX_USER_AGENT: Final = 512
_VIEW: Final = EventType.PAGE_VIEW.value
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_REF: Final = re.compile(r"[?&]ref=([^&]*)")
_PLACED: Final = re.compile(r"(.*) - at `\$\.(\w+).*`")
#: JSON may hold U+0000 in this form only, so that nearly every body is cleared by one search.
_NUL: Final = b"\\u0000"

#: A hit that can be counted, and what stands for the request of its browser.
Sent: TypeAlias = "tuple[RawEvent, Request]"


class Wrong(NamedTuple):
    """Why something was not taken in, one sentence for each reason."""

    errors: tuple[str, ...]


class NewKudo(NamedTuple):
    """A kudo as it is to be stored; `uid` is '' where one is to be made up."""

    path: str
    uid: str


class Hit(msgspec.Struct, frozen=True, gc=False):
    """One hit as the API documents it; fields it does not name are ignored."""

    path: str | None = None
    country: str | None = None
    ip_address: str | None = None
    url: str | None = None
    referrer: str | None = None
    user_agent: str | None = None
    visitor_id: str | int | None = None
    source: str | None = None


class Kudo(msgspec.Struct, frozen=True, gc=False):
    """One kudo as the API documents it."""

    path: str | None = None
    custom_uid: str | int | None = None


S = TypeVar("S", bound=msgspec.Struct)

_VISITOR_ID: Final = Hit.__struct_fields__.index("visitor_id")
#: Calling a named tuple with so many arguments takes far longer than making it of the tuple that it is.
_raw: Final[Callable[[tuple[Any, ...]], RawEvent]] = partial(tuple.__new__, RawEvent)
_request: Final[Callable[[tuple[Any, ...]], Request]] = partial(tuple.__new__, Request)

_hit: Final = msgspec.json.Decoder(Hit)
_hits: Final = msgspec.json.Decoder(list[Hit])
_rows: Final = msgspec.json.Decoder(list[msgspec.Raw])
_kudo: Final = msgspec.json.Decoder(Kudo)


def read_hit(body: bytes, *, domain: str) -> Sent | Wrong:
    """Return the hit of a JSON object, for the site of this domain."""
    read = _read(_hit, body)
    return read if isinstance(read, Wrong) else _checked(read, domain, suspect=_NUL in body)


def read_hits(body: bytes, *, domain: str) -> list[Sent | Wrong] | Wrong:
    """Return the hits of a JSON array, for the site of this domain; each that is none in its place."""
    suspect = _NUL in body
    try:
        hits = _hits.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read_rows(body, domain)
    if len(hits) > MAX_ROWS:
        return _too_many(len(hits))
    sent = None if suspect or not hits else _all_checked(hits, domain)
    return [_checked(hit, domain, suspect=suspect) for hit in hits] if sent is None else [*sent]


def read_kudo(body: bytes) -> NewKudo | Wrong:
    """Return the kudo of a JSON object."""
    read = _read(_kudo, body)
    if isinstance(read, Wrong):
        return read
    path, uid = (read.path or "").strip(), _text(read.custom_uid)
    errors = [*_about_path(path, read.path), *_too_long("Custom uid", uid, _MAX_ID), *_unclean("Custom uid", uid)]
    return Wrong(tuple(errors)) if errors else NewKudo(path, uid)


def _read_rows(body: bytes, domain: str) -> list[Sent | Wrong] | Wrong:
    rows: Sequence[bytes | msgspec.Raw] | None
    try:
        rows = _rows.decode(body)
    except msgspec.ValidationError:
        return Wrong(("Body must be a JSON array of hits",))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        rows = _rows_with_surrogates(body)
    if rows is None:
        return Wrong(("Body is not valid JSON",))
    return [read_hit(bytes(row), domain=domain) for row in rows] if len(rows) <= MAX_ROWS else _too_many(len(rows))


def _rows_with_surrogates(body: bytes) -> list[bytes] | None:
    """The rows of an array in which half a surrogate pair is: the quick decoder takes it for no JSON at all."""
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return [json.dumps(row).encode() for row in rows] if isinstance(rows, list) else None


def _read(decoder: msgspec.json.Decoder[S], body: bytes) -> S | Wrong:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        placed = _PLACED.fullmatch(str(error))
        return Wrong((f"{_named(placed[2])} is invalid: {placed[1]}" if placed else "Body must be a JSON object",))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Wrong(("Body is not valid JSON",))


def _checked(hit: Hit, domain: str, *, suspect: bool) -> Sent | Wrong:
    """The hit, if all is right with it: the usual ones are let pass by one look at each field."""
    path, country, url, referrer = hit.path, hit.country or "", hit.url or "", hit.referrer or ""
    visitor_id, source = hit.visitor_id, hit.source or ""
    if not isinstance(visitor_id, str):
        visitor_id = _text(visitor_id)
    path = path.strip() if path else ""
    has_host = True
    if url:
        has_host = bool(parse_location(url).hostname)
    else:
        url = _address(domain, path)
    if (
        suspect
        or not path
        or (country and not _COUNTRY.fullmatch(country))
        or not has_host
        or len(url) > _MAX_ADDRESS
        or len(referrer) > _MAX_ADDRESS
        or len(visitor_id) > _MAX_ID
        or len(source) > _MAX_ID
    ) and (errors := _errors(hit, path)):
        return Wrong(errors)
    source = _source(source, url)
    raw = (_VIEW, url, path, referrer, "", 0, source, "", "", 0, 0, "", country, visitor_id, "?" in url, False)
    address, agent = hit.ip_address, hit.user_agent
    request = (canonical(address) if address else "", agent[:_MAX_USER_AGENT] if agent else "", False, False, False)
    return _raw(raw), _request(request)


def _all_checked(hits: Sequence[Hit], domain: str) -> Iterable[Sent] | None:
    """What `_checked` returns of each, if a look at each column tells that all is right with all of them."""
    columns: list[tuple[Any, ...]] = list(zip(*map(msgspec.structs.astuple, hits), strict=True))
    ids = [id_ if isinstance(id_, str) else _text(id_) for id_ in columns[_VISITOR_ID]]
    paths, countries, addresses, urls, referrers, agents, _, sources = ([value or "" for value in c] for c in columns)
    paths = list(map(str.strip, paths))
    if "" in urls:
        urls = [url or _address(domain, path) for url, path in zip(urls, paths, strict=True)]
    own = f"https://{domain}/", f"https://www.{domain}/"
    elsewhere = [url for url in urls if not url.startswith(own)]
    if (
        "" in paths
        or not all(not country or _COUNTRY.fullmatch(country) for country in set(countries))
        or not all(location.hostname for location in parse_locations(elsewhere))
        or _longest(urls) > _MAX_ADDRESS
        or _longest(referrers) > _MAX_ADDRESS
        or _longest(ids) > _MAX_ID
        or _longest(sources) > _MAX_ID
    ):
        return None
    if "ref=" in "\n".join(urls):
        sources = list(map(_source, sources, urls))
    none, zero, false = ([nothing] * len(hits) for nothing in ("", 0, False))
    queries = ["?" in url for url in urls]
    views = [_VIEW] * len(hits)
    raws = zip(
        views,
        urls,
        paths,
        referrers,
        none,
        zero,
        sources,
        none,
        none,
        zero,
        zero,
        none,
        countries,
        ids,
        queries,
        false,
        strict=True,
    )
    senders = [address and canonical(address) for address in addresses]
    requests = zip(senders, [agent[:_MAX_USER_AGENT] for agent in agents], false, false, false, strict=True)
    return zip(map(_raw, raws), map(_request, requests), strict=True)


def _errors(hit: Hit, path: str) -> tuple[str, ...]:
    errors = _about_path(path, hit.path)
    if hit.country and not _COUNTRY.fullmatch(hit.country):
        errors.append("Country must be a 2-letter uppercase code")
    if hit.url and len(hit.url) <= _MAX_ADDRESS and not parse_location(hit.url).hostname:
        errors.append("Url must be a full URL")
    for name, text, most in (
        ("Url", hit.url, _MAX_ADDRESS),
        ("Referrer", hit.referrer, _MAX_ADDRESS),
        ("Visitor", _text(hit.visitor_id), _MAX_ID),
        ("Source", hit.source, _MAX_ID),
    ):
        errors += _too_long(name, text or "", most)
    for name, text in (
        ("Url", hit.url),
        ("Referrer", hit.referrer),
        ("User agent", hit.user_agent),
        ("Visitor", _text(hit.visitor_id)),
        ("Source", hit.source),
    ):
        errors += _unclean(name, text or "")
    return tuple(errors)


def _about_path(path: str, sent: str | None) -> list[str]:
    if not path:
        return ["Path can't be blank"]
    return [*_too_long("Path", path, _MAX_ADDRESS), *_unclean("Path", sent or "")]


def _too_long(name: str, text: str, most: int) -> list[str]:
    return [f"{name} is too long (maximum is {most} characters)"] if len(text) > most else []


def _unclean(name: str, text: str) -> list[str]:
    return [] if is_clean(text) else [f"{name} must not contain U+0000"]


def _too_many(rows: int) -> Wrong:
    return Wrong((f"Batch is too large (maximum is {MAX_ROWS} hits, got {rows})",))


def _text(sent: str | int | None) -> str:
    """An identifier as text: senders have numbers too."""
    return "" if sent is None else str(sent)


def _address(domain: str, path: str) -> str:
    """The address of a page that was told by its path alone."""
    return f"https://{domain}{path}" if path[:1] == "/" else f"https://{domain}/{path}"


def _source(source: str, url: str) -> str:
    """The source that was told, else the address's `ref` where it names no campaign."""
    if source or "ref=" not in url or parse_location(url).utm_source:
        return source
    found = _REF.search(url.partition("#")[0])
    return unquote_plus(found[1])[:_MAX_ID] if found else ""


def _longest(texts: Iterable[str]) -> int:
    return max(map(len, texts))


def _named(field: str) -> str:
    return field.replace("_", " ").capitalize()
