"""Changing a site, whatever of it a section is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import NotFound
from storage import sites

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg_pool import ConnectionPool

    from api.dashboard.settings.sections import Asking
    from core.sites import ContentGroup, Site

#: What is said of a site that went away while its form was open.
GONE = "This site is not there any more."


def change_site(  # noqa: PLR0913 - what can be changed
    pool: ConnectionPool,
    asking: Asking,
    settings: Mapping[str, Any],
    *,
    domain: str | None = None,
    content_groups: Sequence[ContentGroup] | None = None,
    excluded_ips: Sequence[str] | None = None,
) -> Site:
    """Change what is given, in checked values, all or nothing, and return the site.

    Raises:
        NotFound: the site is gone, or not this user's any more.
        psycopg.errors.UniqueViolation: its account has another site of this domain.
    """
    uuid, account = asking.site.uuid, None if asking.user.is_admin else asking.user.account_id
    with pool.connection() as connection:
        site = sites.configure(connection, uuid, settings, account_id=account)
        if site is not None and (domain, content_groups, excluded_ips) != (None, None, None):
            site = sites.update(
                connection,
                uuid,
                account_id=account,
                domain=domain,
                content_groups=content_groups,
                excluded_ips=excluded_ips,
            )
    if site is None:
        raise NotFound(GONE)
    return site
