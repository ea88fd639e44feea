"""Every table of the schema: whether a backup has it, and if not, why."""

from __future__ import annotations

from typing import Final, NamedTuple

_ALL: Final = "backup.all_rows"
_CURRENT_FILES: Final = "backup.current_files"


class Table(NamedTuple):
    """A table whose rows are copied, by the statements that say which of them."""

    name: str
    backed_up: str = _ALL  # into a backup, which may lie somewhere for years
    moved: str = _ALL  # into another database of the same operator, which takes the place of this one at once
    seeded: bool = False  # migrations put rows into it


#: In an order in which each refers to earlier ones only.
KEPT: Final = (
    Table("accounts"),
    Table("users"),
    Table("api_keys"),
    Table("folders"),
    Table("sites"),
    Table("ignored_networks"),
    Table("secrets", backed_up="backup.plain_secrets"),
    Table("definitions"),
    Table("notes"),
    Table("shares"),
    Table("scripts"),
    Table("kudos"),
    Table("drops"),
    Table("dimensions", seeded=True),
    Table("events"),
    Table("event_properties"),
    Table("sessions"),
    Table("positions"),
    Table("producers"),
    Table("dead_letters"),
    Table("marks"),
    Table("import_jobs", backed_up="backup.done_imports"),
    Table("imports"),
    Table("roll_site"),
    Table("roll_path"),
    Table("roll_event"),
    Table("roll_dim"),
    Table("roll_zone"),
    Table("roll_months"),
    Table("rollup_gaps"),
    Table("archive_files", backed_up=_CURRENT_FILES, moved=_CURRENT_FILES),
    Table("archive_retention"),
    Table("archive_thawed"),
    Table("site_retention"),
    Table("forgotten"),
    Table("jobs"),
    Table("insights"),
    Table("recipients"),
    Table("messages"),
    Table("monitors"),
    Table("downtimes"),
    Table("watched_spans"),
    Table("domain_checks"),
    Table("alerts"),
    Table("content_monitors"),
    Table("content_issues"),
)

#: Never in a backup, but they go along where one installation takes the place of another.
PRIVATE: Final = {
    "salts": "with a day's salt and a list of addresses, anybody could find out who the visitors of the day were",
    "midnight_links": "who was the same person on two days is forgotten after 48 hours, and a backup is not",
    "page_sessions": "who has a backup must not be able to open the page; people sign in again",
}

#: Worth nothing in another place, or at another time.
TRANSIENT: Final = {
    "realtime_parts": "what workers see now; they write it anew every second",
    "rate_limits": "requests of the last minutes",
    "crawls": "a run through a site's pages, which begins again",
    "crawl_urls": "what that run has found so far",
    "schema_migrations": "the migrations write it",
}

#: What a database takes with it that takes the place of another one.
MOVED: Final = (*KEPT, *map(Table, PRIVATE))
