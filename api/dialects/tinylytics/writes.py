"""`POST /api/v1/sites/:id/hits` and `POST /api/v1/sites/:id/hits/batch`: hits that programs tell, into the log.

The order of checks: key (401, 429), right to write (403), site (404), body (413, 422), durability (503).
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from api.auth import token_of
from api.bounds import MAX_BODY
from api.collector.bodies import read_all
from api.collector.hot_route import JSON, HotRoute
from api.dialects.tinylytics import answers, wire
from api.dialects.tinylytics.access import ABSENT, REFUSAL, require_full, site_number
from api.dialects.tinylytics.bodies import MAX_ROWS, Wrong, read_hit, read_hits
from api.errors import HttpError
from core.accounts import Api
from core.drops import DropReason
from core.errors import NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.asgi import Receive, Scope
    from api.collector.hot_route import Reply
    from api.dialects.tinylytics.bodies import Sent
    from core.events import Event
    from core.sites import Site

#: Why a hit was ignored, in the API's words.
REASONS: Final[Mapping[DropReason, str]] = MappingProxyType(
    {
        DropReason.EXCLUDED_PATH: "Path matches ignore rule",
        DropReason.EXCLUDED_IP: "IP address matches ignore rule",
        DropReason.EXCLUDED_COUNTRY: "Country matches ignore rule",
        DropReason.OTHER_HOST: "Host is not allowed",
    }
)


class Row(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What became of one hit of a batch."""

    index: int
    status: str
    reason: str = ""
    errors: tuple[str, ...] = ()


#: As nearly all rows are answered; a batch has no more.
_CREATED: Final = tuple(Row(index, "created") for index in range(MAX_ROWS))


class _Write(HotRoute):
    """What both routes have in common."""

    pattern: ClassVar[re.Pattern[str]]
    methods = ("POST",)

    async def _respond(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Reply:
        try:
            site = await self._site(scope, headers)
            status, answer = await self._take(site, await read_all(receive, headers, most=MAX_BODY))
        except NotFound as error:
            raise HttpError(404, str(error)) from error
        except Refused as error:
            self._drop(DropReason.INVALID)
            status, answer = 422, answers.wrong([str(error)])
        return status, msgspec.json.encode(answer), JSON

    async def _site(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Site:
        """The site that is written to.

        Raises:
            HttpError: 401, 403 or 429, this key may not.
            NotFound: there is no such site for this key.
            Unavailable: that cannot be told now.
        """
        key = token_of(headers.get(b"authorization", b"").decode("latin-1"))
        if self._keys is None:
            raise HttpError(401, REFUSAL)
        writer = require_full(await self._keys.principal(Api.TINYLYTICS, key, refusal=REFUSAL))
        found = self.pattern.fullmatch(scope["path"])
        if found is None:
            raise NotFound(ABSENT)
        site = await self._sites.of_number(site_number(found[1]))
        if site is None or not writer.may_see(site.account_id):
            raise NotFound(ABSENT)
        return site

    async def _take(self, site: Site, body: bytes) -> tuple[int, Any]:
        """Store what the body tells and return status and answer."""
        raise NotImplementedError


class CreateHit(_Write):
    """Takes one hit in."""

    path = "/api/v1/sites/{site_id}/hits"
    pattern = re.compile(r"/api/v1/sites/([^/]+)/hits")

    async def _take(self, site: Site, body: bytes) -> tuple[int, dict[str, Any]]:
        sent = read_hit(body, domain=site.domain)
        if isinstance(sent, Wrong):
            self._drop(DropReason.INVALID)
            return 422, answers.wrong(sent.errors)
        (outcome,) = await self._intake.take_sent(site, [sent])
        if isinstance(outcome, DropReason):
            return 202, answers.ignored(REASONS[outcome])
        return 201, answers.created(hit=wire.created_hit(outcome, site.domain))


class CreateHits(_Write):
    """Takes many hits in, in one commit; a bad one costs nobody but itself."""

    path = "/api/v1/sites/{site_id}/hits/batch"
    pattern = re.compile(r"/api/v1/sites/([^/]+)/hits/batch")

    async def _take(self, site: Site, body: bytes) -> tuple[int, dict[str, Any]]:
        read = read_hits(body, domain=site.domain)
        if isinstance(read, Wrong):
            self._drop(DropReason.INVALID)
            return 422, answers.wrong(read.errors)
        sent = [hit for hit in read if not isinstance(hit, Wrong)]
        if len(sent) < len(read):
            self._drop(DropReason.INVALID, len(read) - len(sent))
        outcomes = await self._intake.take_sent(site, sent)
        return 200, _told(read, outcomes)


def _told(read: Sequence[Sent | Wrong], outcomes: Sequence[Event | DropReason]) -> dict[str, Any]:
    errors = len(read) - len(outcomes)
    ignored = len([True for outcome in outcomes if isinstance(outcome, DropReason)])
    rows, following = list(_CREATED[: len(read)]), iter(outcomes)
    for index, hit in enumerate(read) if errors or ignored else ():
        if isinstance(hit, Wrong):
            rows[index] = Row(index, "error", errors=hit.errors)
        elif isinstance(outcome := next(following), DropReason):
            rows[index] = Row(index, "ignored", REASONS[outcome])
    return {
        "created_count": len(outcomes) - ignored,
        "ignored_count": ignored,
        "error_count": errors,
        "results": rows,
    }
