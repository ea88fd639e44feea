"""`GET` and `POST /api/v1/websites`, `PATCH` and `DELETE /api/v1/websites/:id`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from psycopg.errors import UniqueViolation

from api.auth import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.tinytrail.access import ABSENT, ID
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from api.dialects.tinytrail.wire import WebsiteBody, WebsiteChange, website
from api.json_body import json_body
from core.errors import InvalidInput, NotFound
from core.sites import check_content_groups, check_domain, check_excluded_ips
from storage import accounts, sites

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from core.accounts import Principal

_log = logging.getLogger(__name__)


def router(pool: ConnectionPool) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/v1/websites")

    @routes.get("")
    def list_websites(user: User) -> dict[str, Any]:
        """List the websites of the user's account; an admin sees all."""
        with pool.connection() as connection:
            found = sites.of_account(connection, None if user.is_admin else user.account_id)
        return success([website(site) for site in found])

    @routes.post("", status_code=201)
    def create_website(user: User, body: Annotated[WebsiteBody, Depends(json_body(WebsiteBody))]) -> dict[str, Any]:
        """Make a website in the user's account; an admin may name another."""
        domain = check_domain(body.domain)
        groups = check_content_groups((group.name, group.pattern) for group in body.content_groups or ())
        excluded = check_excluded_ips(body.excluded_ips or ())
        with pool.connection() as connection:
            account_id = _account(connection, user, body.account_id)
            site = sites.insert(
                connection, account_id=account_id, domain=domain, content_groups=groups, excluded_ips=excluded
            )
        if site is None:
            raise InvalidInput(f"this account already has a website with the domain {domain}")
        return success(website(site))

    @routes.patch("/{website_id}")
    def change_website(
        user: User, website_id: str, body: Annotated[WebsiteChange, Depends(json_body(WebsiteChange))]
    ) -> dict[str, Any]:
        """Change what is sent of a website; changed content groups hold for its history too."""
        uuid = identifier(website_id, ID)
        given = body.model_fields_set
        if not given:
            raise InvalidInput("send at least one of domain, content_groups and excluded_ips")
        domain = check_domain(body.domain) if "domain" in given else None
        groups = check_content_groups((group.name, group.pattern) for group in body.content_groups)
        excluded = check_excluded_ips(body.excluded_ips)
        try:
            with pool.connection() as connection:
                site = sites.update(
                    connection,
                    uuid,
                    account_id=None if user.is_admin else user.account_id,
                    domain=domain,
                    content_groups=groups if "content_groups" in given else None,
                    excluded_ips=excluded if "excluded_ips" in given else None,
                )
        except UniqueViolation:
            raise InvalidInput(f"this account already has a website with the domain {domain}") from None
        if site is None:
            raise NotFound(ABSENT)
        return success(website(site))

    @routes.delete("/{website_id}")
    def delete_website(user: User, website_id: str) -> dict[str, Any]:
        """Delete a website and everything that was counted of it."""
        uuid = identifier(website_id, ID)
        with pool.connection() as connection:
            site = sites.delete(connection, uuid, account_id=None if user.is_admin else user.account_id)
        if site is None:
            raise NotFound(ABSENT)
        _log.info("Site %d (%s) was deleted by user %s; its rows are removed by sweeps", site.id, uuid, user.user_id)
        return success(website(site))

    return routes


def _account(connection: Connection, user: Principal, named: object) -> UUID:
    """The account that a new website belongs to; it is not deleted before the end of the transaction."""
    own = named is None or not user.is_admin
    account_id = user.account_id if own else identifier(named, "account_id")
    if not accounts.exists(connection, account_id):
        raise InvalidInput(f"account_id: there is no account {account_id}")
    return account_id
