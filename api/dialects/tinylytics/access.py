"""Who may ask what: any key reads, keys of full access write, and nobody sees another account's sites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends

from api.auth import bearer
from api.dialects import sites
from api.errors import HttpError
from core.accounts import Access, Api, Principal
from core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg_pool import ConnectionPool

    from core.sites import Site

#: What is said without a key that works.
REFUSAL: Final = "Invalid API key"
#: What is said of a site that is not there, and of one that is somebody else's.
ABSENT: Final = "Site not found"
_NUMBER: Final = re.compile(r"[0-9]{1,10}")
#: No site has a greater one: ids are 32-bit integers.
_MAX_NUMBER: Final = (1 << 31) - 1


def require_full(key: Principal) -> Principal:
    """Return the principal if its key may write.

    Raises:
        HttpError: 403, it may only read.
    """
    if key.access is not Access.FULL:
        raise HttpError(403, "This API key is read-only: writing needs a full-access key")
    return key


def site_number(text: str) -> int:
    """The id of a site in a path.

    Raises:
        NotFound: it is none.
    """
    if not _NUMBER.fullmatch(text) or int(text) > _MAX_NUMBER:
        raise NotFound(ABSENT)
    return int(text)


def site_finder(pool: ConnectionPool) -> Callable[[Principal, str], Site]:
    """Return what finds a site by the id in a path: one of the own account, for an admin any.

    It raises `NotFound`, and blocks.
    """
    find_number = sites.number_finder(pool)

    def find(user: Principal, text: str) -> Site:
        try:
            return find_number(user, site_number(text))
        except NotFound:
            raise NotFound(ABSENT) from None

    return find


_reader: Final = bearer(Api.TINYLYTICS, refusal=REFUSAL)


def _writer(key: Annotated[Principal, Depends(_reader)]) -> Principal:
    return require_full(key)


#: A parameter of a route for any key, or for those that may write.
Reader = Annotated[Principal, Depends(_reader)]
Writer = Annotated[Principal, Depends(_writer)]
