"""Why a request came to nothing, in words for people.

OutboundError        it could not be asked, or what came was no answer
├── Forbidden        it would have gone where nothing may go: nothing was sent
├── TimedOut         it took longer than its bounds allow
├── TlsFailed        there is no trusted TLS; `certificate` is what was shown, if anything was
└── RedirectLoop     redirects in a circle, or too many
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from core.errors import FootfallError

if TYPE_CHECKING:
    from ops.outbound.answer import Certificate


class OutboundError(FootfallError):
    """A request came to nothing; `str()` says why, in one sentence without a full stop."""

    outcome: ClassVar[str] = "failed"  #: as the metric counts it


class Forbidden(OutboundError):  # noqa: N818 - named by what to do, as in core.errors
    """It would have gone to an address that is not public, or is no address to be asked."""

    outcome = "forbidden"


class TimedOut(OutboundError):  # noqa: N818 - same
    """It took longer than it may."""

    outcome = "timed_out"


class TlsFailed(OutboundError):  # noqa: N818 - same
    """The handshake failed, or the certificate is not to be trusted."""

    outcome = "tls_failed"

    def __init__(self, message: str, certificate: Certificate | None = None) -> None:
        super().__init__(message)
        self.certificate = certificate


class RedirectLoop(OutboundError):  # noqa: N818 - same
    """It was redirected in a circle, or too often."""
