"""`GET` and `POST /api/v1/websites`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.auth import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.wire import WebsiteBody, website
from api.json_body import json_body
from core.errors import InvalidInput
from core.sites import check_content_groups, check_domain, check_excluded_ips
from storage import accounts, sites

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from core.accounts import Principal


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

    return routes


def _account(connection: Connection, user: Principal, named: object) -> UUID:
    """The account that a new website belongs to."""
    if named is None or not user.is_admin:
        return user.account_id
    try:
        account_id = UUID(named) if isinstance(named, str) else None
    except ValueError:
        account_id = None
    if account_id is None:
        raise InvalidInput("account_id must be a UUID")
    if not accounts.exists(connection, account_id):
        raise InvalidInput(f"there is no account {account_id}")
    return account_id
