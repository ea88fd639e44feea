"""The section of one's own keys."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fastapi.concurrency import run_in_threadpool

from api.admins import keeping_an_admin
from api.dashboard.settings.forms import Checks, Wrong, item_id
from api.dashboard.settings.sections import Fresh, Saved
from core.accounts import MAX_KEYS, Api, check_key_name
from core.errors import InvalidInput, NotFound
from storage import keys
from storage.page_sessions import token_hash

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from api.dashboard.sessions import Sessions
    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking
    from core.accounts import Principal
    from storage.key_vault import KeyVault
    from storage.keys import OwnKey

_log = logging.getLogger(__name__)

#: The button that takes a key away; `SURE` is the one that does it to the key of this very session.
REVOKE: Final = "revoke"
SURE: Final = "revoke-mine"


class KeysEditor:
    """Makes, lists and revokes keys of whoever is signed in. See `Editor`."""

    def __init__(self, pool: ConnectionPool, *, vault: KeyVault, sessions: Sessions) -> None:
        self._pool = pool
        self._vault = vault
        self._sessions = sessions

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        found = await run_in_threadpool(self._list, asking)
        return {
            "keys": found,
            "filled": {"name": "" if typed is None else typed.get("name", "")},
            "warned": "" if typed is None else typed.get("action", "").partition(":")[2],
        }

    async def save(self, asking: Asking, posted: Posted) -> Saved | Fresh:
        """See `Editor`."""
        verb, _, id_ = posted.get("action", "").partition(":")
        if verb in {REVOKE, SURE}:
            mine = await run_in_threadpool(self._revoke, asking, item_id(id_), sure=verb == SURE)
            asking.request.app.state.keys.forget()
            return Saved("revoked", "/" if mine else "")
        checks = Checks()
        name = checks.field("name", "Name", lambda: check_key_name(posted.get("name", "")))
        checks.done()
        made = await run_in_threadpool(self._make, asking.user, name)
        return Fresh({"made": made, "made_name": name})

    def _list(self, asking: Asking) -> list[OwnKey]:
        user, session = asking.user.user_id, token_hash(self._sessions.token(asking.request))
        with self._pool.connection() as connection:
            return keys.all_of_user(connection, Api.TINYTRAIL, user, session=session, now=asking.now)

    def _make(self, user: Principal, name: str) -> str:
        with self._pool.connection() as connection:
            known = keys.all_of_user(connection, Api.TINYTRAIL, user.user_id, session=b"", now=0)
            if len(known) >= MAX_KEYS:
                raise Wrong({"": f"You have {MAX_KEYS} keys already: revoke one before you make another."})
            encrypt = partial(self._vault.encrypt, connection)
            made = keys.insert(connection, Api.TINYTRAIL, user.user_id, encrypt=encrypt, name=name).key
        _log.info("A key of user %s was made by its owner", user.user_id)
        return made

    def _revoke(self, asking: Asking, id_: UUID, *, sure: bool) -> bool:
        """Whether the key was the one of this session."""
        key = next((key for key in self._list(asking) if key.id == id_), None)
        if key is None:
            raise NotFound("This key was revoked already.")
        if key.is_used and not sure:
            raise Wrong(
                {"revoke": "You are signed in with this key: revoking it signs you out, here and wherever it is used."}
            )
        try:
            with keeping_an_admin(self._pool) as connection:
                keys.revoke(connection, id_, user_id=asking.user.user_id)
        except InvalidInput:
            raise Wrong({"": "This is the last key of an admin: make another one before you revoke it."}) from None
        _log.info("A key of user %s was revoked by its owner", asking.user.user_id)
        return key.is_used
