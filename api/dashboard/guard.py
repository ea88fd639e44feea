"""What keeps strangers out: who may send forms, which headers every page has, and where a sign-in may lead."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request, Response

from api.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.collector.clients import Clients

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
#: Fields of one form.
_MAX_FIELDS: Final = 2_000
_MAX_NEXT: Final = 8_192


class Origin(NamedTuple):
    """Where a browser believes us to be."""

    scheme: str
    host: str  #: with the port, unless it is the scheme's own

    @property
    def is_plain_loopback(self) -> bool:
        """Whether nothing lies between the browser and us, so that plain HTTP will do."""
        return self.scheme == "http" and urlsplit(f"//{self.host}").hostname in _LOOPBACK

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}"

    @classmethod
    def of(cls, text: str) -> Origin:
        """The origin as the header `Origin` or an address has it; empty where it is none."""
        parts = urlsplit(text)
        return cls(parts.scheme, parts.netloc.lower())


class Form:
    """The fields of a form that was sent. A field may be there several times."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs
        self._last = dict(pairs)

    def get(self, name: str, default: str = "") -> str:
        """The field's last value."""
        return self._last.get(name, default)

    def all(self, name: str) -> list[str]:
        """All values of the field, in order."""
        return [value for each, value in self.pairs if each == name]

    def __contains__(self, name: str) -> bool:
        """Whether the field was sent."""
        return name in self._last


class Guard:
    """Knows our own origin.

    Args:
        clients: tells which proxies are believed.
        public_url: how browsers reach us; '' for the address that was asked.
    """

    def __init__(self, clients: Clients, *, public_url: str = "") -> None:
        self._clients = clients
        public = Origin.of(public_url)
        self._public = public if public.host else None

    def origin(self, request: Request) -> Origin:
        """Where the browser believes us to be: as set, else as it asked, by way of trusted proxies."""
        return self._public or self._asked(request)

    def address(self, request: Request) -> str:
        """The client's IP address, '' where there is none."""
        return self._clients.address(request.scope)

    def check(self, request: Request) -> None:
        """Let through what changes nothing, and what a page of ours sent.

        Browsers say where a request comes from; one that does not say so of a form is too old, or none.

        Raises:
            HttpError: 403, it comes from elsewhere.
        """
        if request.method in _SAFE:
            return
        fetched = request.headers.get("sec-fetch-site", "")
        if fetched == "same-origin":
            return
        origin = request.headers.get("origin", "")
        if not fetched and origin in {str(self.origin(request)), str(self._asked(request))}:
            return
        raise HttpError(
            403, "this form was not sent by a page of this server: open the page again and send it from there"
        )

    def _asked(self, request: Request) -> Origin:
        scheme = request.url.scheme
        if self._clients.is_forwarded(request.scope):
            forwarded = request.headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
            scheme = forwarded if forwarded in {"http", "https"} else scheme
        return Origin(scheme, request.headers.get("host", "").lower())


async def posted(request: Request) -> Form:
    """The form that was sent, as browsers send one without files.

    Raises:
        HttpError: 400, it is none, or has too many fields.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HttpError(400, "send a form as application/x-www-form-urlencoded")
    try:
        text = (await request.body()).decode()
        return Form(parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict"))
    except ValueError as error:
        raise HttpError(400, "the form cannot be read: it is not UTF-8, or has too many fields") from error


def see_other(url: str) -> Response:
    """Lead to a page of ours after something was done."""
    return Response(status_code=303, headers={**HEADERS, "Location": url, "Cache-Control": "no-store"})


def own_path(text: str, default: str = "/") -> str:
    """Return a path on this server, with its query, or the default where the text is anything else."""
    is_plain = text.startswith("/") and text.isprintable() and text.isascii() and len(text) <= _MAX_NEXT
    if not is_plain or "\\" in text or text.startswith("//"):
        return default
    return text
