"""`GET` and `POST /api/v1/accounts`, `DELETE /api/v1/accounts/:id`; for admins."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request

from api.admins import keeping_an_admin
from api.auth import Admin  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from api.dialects.tinytrail.wire import AccountBody, account
from api.json_body import json_body
from core.accounts import check_account_name
from core.errors import InvalidInput, NotFound
from storage import accounts

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

_log = logging.getLogger(__name__)


def router(pool: ConnectionPool) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/v1/accounts")

    @routes.get("")
    def list_accounts(_: Admin) -> dict[str, Any]:
        """List all accounts."""
        with pool.connection() as connection:
            found = accounts.all_accounts(connection)
        return success([account(each) for each in found])

    @routes.post("", status_code=201)
    def create_account(_: Admin, body: Annotated[AccountBody, Depends(json_body(AccountBody))]) -> dict[str, Any]:
        """Make an account. Names are told apart without regard to case."""
        name = check_account_name(body.name)
        with pool.connection() as connection:
            made = accounts.insert(connection, name)
        if made is None:
            raise InvalidInput(f"there is an account {name} already")
        return success(account(made))

    @routes.delete("/{account_id}")
    def delete_account(request: Request, admin: Admin, account_id: str) -> dict[str, Any]:
        """Delete an account with its users, their keys, its websites and everything that was counted of them."""
        uuid = identifier(account_id, "the account's id")
        with keeping_an_admin(pool) as connection:
            deleted = accounts.delete(connection, uuid)
            if deleted is None:
                raise NotFound("there is no such account")
        request.app.state.keys.forget()
        _log.info(
            "Account %s was deleted by user %s, with %d sites, %d users and %d keys; rows are removed by sweeps",
            uuid,
            admin.user_id,
            deleted.sites,
            deleted.users,
            deleted.keys,
        )
        return success(account(deleted.account))

    return routes
