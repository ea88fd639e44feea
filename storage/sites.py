"""Sites in the store."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from core.site_settings import SETTINGS, check_retention
from core.sites import ContentGroup, Site, WeekStart
from storage import gaps, zones
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from psycopg import AsyncConnection, Connection

#: The notification channel that carries the UUID of each site that was made, changed or deleted.
CHANNEL = "sites"


def find(connection: Connection, uuid: UUID) -> Site | None:
    """Return the site with this UUID, or None if there is none or it was deleted."""
    return _one(connection, "sites.find", {"uuid": uuid})


async def find_async(connection: AsyncConnection, uuid: UUID) -> Site | None:
    """Return what `find` does, without blocking the loop."""
    return await _one_async(connection, "sites.find", {"uuid": uuid})


def of_domain(connection: Connection, domain: str) -> Site | None:
    """Return the site that a domain, in lower case, stands for where nothing else says which: None if there is none."""
    return _one(connection, "sites.of_domain", {"domain": domain})


def of_number(connection: Connection, number: int) -> Site | None:
    """Return the site whose `id` this is, or None if there is none or it was deleted."""
    return _one(connection, "sites.of_number", {"id": number})


def of_object(connection: Connection, object_id: str) -> Site | None:
    """Return the site whose `object_id` this is, or None if there is none or it was deleted."""
    return _one(connection, "sites.of_object", {"object_id": object_id})


async def of_domain_async(connection: AsyncConnection, domain: str) -> Site | None:
    """Return what `of_domain` does, without blocking the loop."""
    return await _one_async(connection, "sites.of_domain", {"domain": domain})


async def of_number_async(connection: AsyncConnection, number: int) -> Site | None:
    """Return what `of_number` does, without blocking the loop."""
    return await _one_async(connection, "sites.of_number", {"id": number})


async def refresh(connection: AsyncConnection, uuids: Sequence[UUID]) -> list[Site]:
    """Return those of the sites that are still there, as they are now."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(_statement("sites.refresh"), {"uuids": list(uuids)})).fetchall()
    return [_site(row) for row in rows]


def of_account(connection: Connection, account_id: UUID | None) -> list[Site]:
    """Return the sites of an account, or of all accounts where it is None, oldest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_site(row) for row in cursor.execute(_statement("sites.list"), {"account_id": account_id})]


def insert(  # noqa: PLR0913 - what a site begins with
    connection: Connection,
    *,
    account_id: UUID,
    domain: str,
    content_groups: Sequence[ContentGroup] = (),
    excluded_ips: Sequence[str] = (),
    name: str = "",
    by_origin: bool = False,
) -> Site | None:
    """Make a site of checked values and return it, or None if the account has one of this domain. The caller commits.

    With `by_origin` the domain stands for this site from now on, whichever others have it; None too if it stands for
    another one that was made so.

    Raises:
        psycopg.errors.ForeignKeyViolation: there never was such an account.
    """
    return _one(
        connection,
        "sites.insert",
        {
            "account_id": account_id,
            "domain": domain,
            "content_groups": Jsonb([group._asdict() for group in content_groups]),
            "excluded_ips": list(excluded_ips),
            "name": name,
            "by_origin": by_origin,
        },
    )


def update(  # noqa: PLR0913 - what can be changed, and whose it is
    connection: Connection,
    uuid: UUID,
    *,
    account_id: UUID | None,
    domain: str | None = None,
    content_groups: Sequence[ContentGroup] | None = None,
    excluded_ips: Sequence[str] | None = None,
    name: str | None = None,
    public: bool | None = None,
) -> Site | None:
    """Change what is given, in checked values, and return the site; None if there is none. The caller commits.

    With `account_id` only a site of this account is there.

    Raises:
        psycopg.errors.UniqueViolation: its account has another site of this domain.
    """
    return _one(
        connection,
        "sites.update",
        {
            "uuid": uuid,
            "account_id": account_id,
            "domain": domain,
            "content_groups": None if content_groups is None else Jsonb([group._asdict() for group in content_groups]),
            "excluded_ips": None if excluded_ips is None else list(excluded_ips),
            "name": name,
            "public": public,
        },
    )


def put_in_folder(connection: Connection, number: int, folder_id: UUID | None) -> Site | None:
    """Put the site whose `id` is given into a folder, or into none, and return it; None if there is none.

    The caller commits.

    Raises:
        psycopg.errors.ForeignKeyViolation: there is no such folder.
    """
    return _one(connection, "sites.put_in_folder", {"id": number, "folder_id": folder_id})


def configure(
    connection: Connection, uuid: UUID, changes: Mapping[str, Any], *, account_id: UUID | None = None
) -> Site | None:
    """Change settings, as `check_settings` returned them, and return the site; None if there is none.

    With `account_id` only a site of this account is there. Another retention holds a day later, so that whoever erred
    can take it back. With another time zone go the visitors around the old one's midnights, and the scheduler makes
    those around the new one's; until then reports count them. The caller commits.

    Raises:
        InvalidInput: sums would go before files.
    """
    before = _one(connection, "sites.hold", {"uuid": uuid, "account_id": account_id})
    if before is None:
        return None
    site = replace(before, **changes)
    check_retention(site.file_retention_days, site.rollup_retention_days)
    values = {name: getattr(site, name) for name in SETTINGS}
    lists = {name: list(value) for name, value in values.items() if isinstance(value, tuple)}
    connection.execute(load("sites.configure"), {"id": site.id, **values, **lists})
    if site.time_zone != before.time_zone:
        zones.forget(connection, site=site.id)
        gaps.put_zone(connection, site=site.id)
    return site


def delete(connection: Connection, uuid: UUID, *, account_id: UUID | None = None) -> Site | None:
    """Delete a site and return it; None if there is none, or none of this account. The caller commits.

    Its rows are removed by sweeps later; from the commit on nobody sees them.
    """
    return _one(connection, "sites.delete", {"uuid": uuid, "account_id": account_id})


def _one(connection: Connection, name: str, given: Mapping[str, object]) -> Site | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_statement(name), given).fetchone()
    return None if row is None else _site(row)


async def _one_async(connection: AsyncConnection, name: str, given: Mapping[str, object]) -> Site | None:
    async with connection.cursor(row_factory=dict_row) as cursor:
        row = await (await cursor.execute(_statement(name), given)).fetchone()
    return None if row is None else _site(row)


@cache
def _statement(name: str) -> sql.Composed:
    return sql.SQL(load(name)).format(columns=sql.SQL(load("sites.columns")))


def _site(row: dict[str, Any]) -> Site:
    """A row as a site; rows were checked when they were written."""
    groups = tuple(ContentGroup(group["name"], group["pattern"]) for group in row["content_groups"])
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return Site(**row | lists | {"content_groups": groups, "week_start": WeekStart(row["week_start"])})
