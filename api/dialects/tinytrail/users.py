"""`GET` and `POST /api/v1/users`, `DELETE /api/v1/users/:id`, `GET /api/v1/users/:id/api-key`; for admins."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request

from api.admins import keeping_an_admin
from api.auth import Admin  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from api.dialects.tinytrail.wire import UserBody, user
from api.json_body import json_body
from core.accounts import Api, check_email, check_role
from core.errors import InvalidInput, NotFound
from storage import accounts, keys, users

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from storage.key_vault import KeyVault

_log = logging.getLogger(__name__)
_ID = "the user's id"


def router(pool: ConnectionPool, vault: KeyVault) -> APIRouter:
    """Return the routes; `vault` keeps keys so that they can be shown again."""
    routes = APIRouter(prefix="/api/v1/users")

    @routes.get("")
    def list_users(_: Admin) -> dict[str, Any]:
        """List all users, without their keys."""
        with pool.connection() as connection:
            found = users.all_users(connection)
        return success([user(each) for each in found])

    @routes.post("", status_code=201)
    def create_user(_: Admin, body: Annotated[UserBody, Depends(json_body(UserBody))]) -> dict[str, Any]:
        """Make a user with a key."""
        account_id = identifier(body.account_id, "account_id")
        role, email = check_role(body.role), check_email(body.email or "")
        with pool.connection() as connection:
            if not accounts.exists(connection, account_id):
                raise InvalidInput(f"account_id: there is no account {account_id}")
            made = users.insert(connection, account_id=account_id, role=role, email=email)
            key = keys.insert(connection, Api.TINYTRAIL, made.id, encrypt=partial(vault.encrypt, connection)).key
        return success(user(made, key=key))

    @routes.get("/{user_id}/api-key")
    def show_key(admin: Admin, user_id: str) -> dict[str, Any]:
        """Show a user's key again."""
        uuid = identifier(user_id, _ID)
        with pool.connection() as connection:
            kept = keys.of_user(connection, Api.TINYTRAIL, uuid)
            if kept is None:
                raise NotFound("there is no such user")
            if not kept.key_hash:
                raise NotFound("this user's key was revoked: make a new user")
            clear = vault.decrypt(connection, kept.key_cipher)
        key = None if clear is None else clear.decode()
        if key is None or keys.key_hash(key) != kept.key_hash:
            raise NotFound(
                "this user's key works but cannot be shown: it was made without a secret, or with one that this server"
                " does not have. Add that secret to FOOTFALL_SECRET_KEY, or make a new user and delete this one"
            )
        _log.info("The key of user %s was shown to user %s", uuid, admin.user_id)
        return success({"id": str(uuid), "apiKey": key})

    @routes.delete("/{user_id}")
    def delete_user(request: Request, admin: Admin, user_id: str) -> dict[str, Any]:
        """Delete a user; the key opens nothing any more."""
        uuid = identifier(user_id, _ID)
        with keeping_an_admin(pool) as connection:
            deleted = users.delete(connection, uuid)
            if deleted is None:
                raise NotFound("there is no such user")
        request.app.state.keys.forget()
        _log.info("User %s of account %s was deleted by user %s", uuid, deleted.account_id, admin.user_id)
        return success(user(deleted))

    return routes
