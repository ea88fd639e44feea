"""What is said of an address by what came of asking for it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from core.content import Outcome, Verdict
from ops.outbound.errors import Forbidden
from ops.outbound.wording import phrase

if TYPE_CHECKING:
    from ops.outbound.answer import Answer
    from ops.outbound.errors import OutboundError

_ERRORS: Final = 400
_LAST: Final = 599
#: Other people's servers may not like programs; whoever opens the link may well see it.
_REFUSED: Final = frozenset({401, 403, 407, 451})
_PASSING: Final = 500


def verdict(answer: Answer, *, is_own: bool) -> Verdict:
    """Return what an answer says; `is_own` tells whether it is of the site itself.

    Statuses of 400 and more are broken links. Not known is what is behind 429, behind 503 with `Retry-After`, behind
    what HTTP has no statuses for, and, on other sites, behind a refusal.
    """
    status = answer.status
    if status < _ERRORS:
        return Verdict(Outcome.OK, status)
    waits = status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" in answer.headers
    )
    is_unknown = waits or status > _LAST or (status in _REFUSED and not is_own)
    return Verdict(Outcome.UNKNOWN if is_unknown else Outcome.BROKEN, status, phrase(status) or f"Status {status}")


def verdict_without_answer(error: OutboundError) -> Verdict:
    """Return what it means that nothing was answered: a broken link, but where we may not ask."""
    return Verdict(Outcome.UNKNOWN if isinstance(error, Forbidden) else Outcome.BROKEN, None, str(error))


def may_pass(said: Verdict) -> bool:
    """Whether it may be over soon, so that it is worth asking once more."""
    return said.outcome is Outcome.BROKEN and (said.status is None or said.status >= _PASSING)
