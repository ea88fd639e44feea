"""What a request may cost, and what came of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a request may cost. Waiting for its turn at a host is not counted."""

    seconds: float = 20  #: for all of it: names, connections, handshakes, headers, bodies, every redirect
    bytes: int = 2_000_000  #: of the body, as it comes and as it is decoded; what is beyond is cut off
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate that a server showed in a handshake."""

    expires_at: int  #: ms since 1970 UTC
    valid: bool  #: whether it is for this name, of a known authority, and of this time
    problem: str = ""  #: why it is not, in words for people


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered."""

    url: str  #: what answered, after redirects, without fragment
    status: int
    headers: Mapping[str, str]  #: asked in any case; of a header that came more than once, the first
    body: bytes = field(repr=False)  #: decoded of gzip and deflate; of other encodings as it came
    cut: bool  #: whether there was more of the body than the bounds allow
    redirects: tuple[str, ...]  #: what redirected, in order; empty if `url` was asked at once
    seconds: float  #: from the first connection to the end of the body, without waiting for turns
    certificate: Certificate | None  #: of the last connection; None over plain HTTP

    @property
    def left_https(self) -> bool:
        """Whether a redirect led from https to http."""
        urls = (*self.redirects, self.url)
        return any(a.startswith("https:") and b.startswith("http:") for a, b in itertools.pairwise(urls))
