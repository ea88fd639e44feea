"""Removing what is stored of deleted sites, a bounded number of rows at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg import sql

from storage.sql import load

if TYPE_CHECKING:
    from psycopg import Connection

#: How often a site is swept.
SWEEPS: Final = 3


class SweptTable(NamedTuple):
    """A table with a column `site`, and the columns by which few rows of a site are told from the next few."""

    name: str
    order: tuple[str, ...]

    def statement(self, name: str, bound: tuple[object, ...] = ()) -> sql.Composed:
        """Return the statement `name` for this table."""
        return sql.SQL(load(name)).format(
            table=sql.Identifier(self.name),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.order)),
            bound=sql.SQL(", ").join(map(sql.Literal, bound)),
        )


#: Every table that holds rows of sites, in the order in which they are removed: what reports are read from comes last,
#: so that a removal that is interrupted leaves nothing that looks whole.
TABLES: Final = (
    SweptTable("marks", ("hour", "partition")),
    SweptTable("realtime_parts", ("log", "partition")),
    SweptTable("event_properties", ("ts",)),
    SweptTable("events", ("ts",)),
    SweptTable("sessions", ("start", "session_id")),
    SweptTable("midnight_links", ("visitor", "prev")),
    SweptTable("forgotten", ("id",)),
    SweptTable("imports", ("file_hash", "day")),
    SweptTable("import_jobs", ("file_hash",)),
    SweptTable("drops", ("day", "reason")),
    SweptTable("definitions", ("kind", "name")),
    SweptTable("notes", ("day", "id")),
    SweptTable("shares", ("created_at", "id")),
    SweptTable("kudos", ("created_at", "id")),
    SweptTable("insights", ("insights_for_date",)),
    SweptTable("recipients", ("created_at", "id")),
    SweptTable("messages", ("id",)),
    SweptTable("alerts", ("created_at", "id")),
    SweptTable("crawls", ("started_at",)),
    SweptTable("crawl_urls", ("number",)),
    SweptTable("content_issues", ("id",)),
    SweptTable("content_monitors", ("site",)),
    SweptTable("monitors", ("id",)),
    SweptTable("downtimes", ("id",)),
    SweptTable("watched_spans", ("begins_at",)),
    SweptTable("domain_checks", ("site",)),
    SweptTable("rollup_gaps", ("day",)),
    SweptTable("archive_thawed", ("day",)),
    SweptTable("archive_files", ("begins", "kind", "version")),
    SweptTable("site_retention", ("files_from",)),
    SweptTable("roll_months", ("month",)),
    SweptTable("roll_dim", ("dim", "grain", "span")),
    SweptTable("roll_event", ("grain", "span")),
    SweptTable("roll_path", ("grain", "span")),
    SweptTable("roll_zone", ("span", "class")),
    SweptTable("roll_site", ("grain", "span")),
)


class DeletedSite(NamedTuple):
    """A tombstone whose sweeps are not all done."""

    site: int
    swept: int  # how often
    deleted_at: int  # ms since 1970 UTC


def waiting(connection: Connection) -> list[DeletedSite]:
    """Return the deleted sites that will be swept again, the earliest deleted first."""
    return [DeletedSite._make(row) for row in connection.execute(load("sweeps.waiting"), {"sweeps": SWEEPS})]


def remove(connection: Connection, table: SweptTable, site: int, *, rows: int) -> int:
    """Remove about so many of the site's rows and return how many; 0 if none is left. The caller commits.

    Rows that the table's order does not tell apart go together.
    """
    given = {"site": site, "rows": rows}
    bound = connection.execute(table.statement("sweeps.bound"), given).fetchone()
    name = "sweeps.remove" if bound is None else "sweeps.remove_until"
    return connection.execute(table.statement(name, bound or ()), given).rowcount


def done(connection: Connection, site: int, *, swept: int) -> None:
    """Note how often the site was swept by now. The caller commits."""
    connection.execute(load("sweeps.done"), {"site": site, "swept": swept})
