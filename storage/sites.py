"""Sites in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from core.sites import ContentGroup, Site
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from psycopg import AsyncConnection, Connection

#: The notification channel that carries the UUID of each site that was made, changed or deleted.
CHANNEL = "sites"


def find(connection: Connection, uuid: UUID) -> Site | None:
    """Return the site with this UUID, or None if there is none or it was deleted."""
    row = connection.execute(load("sites.find"), {"uuid": uuid}).fetchone()
    return None if row is None else _site(row)


async def find_async(connection: AsyncConnection, uuid: UUID) -> Site | None:
    """Return what `find` does, without blocking the loop."""
    row = await (await connection.execute(load("sites.find"), {"uuid": uuid})).fetchone()
    return None if row is None else _site(row)


async def refresh(connection: AsyncConnection, uuids: Sequence[UUID]) -> list[Site]:
    """Return those of the sites that are still there, as they are now."""
    rows = await (await connection.execute(load("sites.refresh"), {"uuids": list(uuids)})).fetchall()
    return [_site(row) for row in rows]


def of_account(connection: Connection, account_id: UUID | None) -> list[Site]:
    """Return the sites of an account, or of all accounts where it is None, oldest first."""
    return [_site(row) for row in connection.execute(load("sites.list"), {"account_id": account_id})]


def insert(
    connection: Connection,
    *,
    account_id: UUID,
    domain: str,
    content_groups: Sequence[ContentGroup] = (),
    excluded_ips: Sequence[str] = (),
) -> Site | None:
    """Make a site of checked values and return it, or None if the account has one of this domain. The caller commits.

    Raises:
        psycopg.errors.ForeignKeyViolation: there never was such an account.
    """
    row = connection.execute(
        load("sites.insert"),
        {
            "account_id": account_id,
            "domain": domain,
            "content_groups": Jsonb([group._asdict() for group in content_groups]),
            "excluded_ips": list(excluded_ips),
        },
    ).fetchone()
    return None if row is None else _site(row)


def update(  # noqa: PLR0913 - what can be changed, and whose it is
    connection: Connection,
    uuid: UUID,
    *,
    account_id: UUID | None,
    domain: str | None = None,
    content_groups: Sequence[ContentGroup] | None = None,
    excluded_ips: Sequence[str] | None = None,
) -> Site | None:
    """Change what is given, in checked values, and return the site; None if there is none. The caller commits.

    With `account_id` only a site of this account is there.

    Raises:
        psycopg.errors.UniqueViolation: its account has another site of this domain.
    """
    row = connection.execute(
        load("sites.update"),
        {
            "uuid": uuid,
            "account_id": account_id,
            "domain": domain,
            "content_groups": None if content_groups is None else Jsonb([group._asdict() for group in content_groups]),
            "excluded_ips": None if excluded_ips is None else list(excluded_ips),
        },
    ).fetchone()
    return None if row is None else _site(row)


def delete(connection: Connection, uuid: UUID, *, account_id: UUID | None = None) -> Site | None:
    """Delete a site and return it; None if there is none, or none of this account. The caller commits.

    Its rows are removed by sweeps later; from the commit on nobody sees them.
    """
    row = connection.execute(load("sites.delete"), {"uuid": uuid, "account_id": account_id}).fetchone()
    return None if row is None else _site(row)


def _site(row: Sequence[Any]) -> Site:
    """A row in the order of the SELECT lists; rows were checked when they were written."""
    id_, uuid, account_id, domain, content_groups, excluded_ips, honour_gpc, honour_dnt, time_zone, created_at = row
    return Site(
        id=id_,
        uuid=uuid,
        account_id=account_id,
        domain=domain,
        content_groups=tuple(ContentGroup(group["name"], group["pattern"]) for group in content_groups),
        excluded_ips=tuple(excluded_ips),
        honour_gpc=honour_gpc,
        honour_dnt=honour_dnt,
        time_zone=time_zone,
        created_at=created_at,
    )
