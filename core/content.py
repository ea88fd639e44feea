"""What is looked for in a site's content, and what is found."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from core.spans import DAY, HOUR

#: A whole run begins so long after the last one ended, ms.
EVERY: Final = DAY
#: Issues are checked again so long after they were last checked, ms.
AGAIN: Final = HOUR
#: A resolved issue is remembered for so long, ms: if it comes back it has its number and its flag.
REMEMBERED: Final = 30 * DAY


class IssueKind(StrEnum):
    """What is wrong."""

    BROKEN_LINK = "broken_link"
    MIXED_CONTENT = "mixed_content"  #: a page over https takes something in over http


class Outcome(StrEnum):
    """What became of asking for an address."""

    OK = "ok"
    BROKEN = "broken"
    UNKNOWN = "unknown"  #: it could not be checked, or may not be


class Role(StrEnum):
    """What is done with an address."""

    PAGE = "page"  #: it is read, and its links are followed
    LINK = "link"  #: it is only asked for


class CrawlKind(StrEnum):
    """What a run is about."""

    WHOLE = "whole"
    RECHECK = "recheck"  #: of the broken links that are known


class Verdict(NamedTuple):
    """What is said of an address that was asked for. Without an answer there is no status."""

    outcome: Outcome
    status: int | None = None
    message: str = ""


class Issue(NamedTuple):
    """One issue of a site. Times are ms since 1970 UTC."""

    id: int
    kind: IssueKind
    url: str
    found_on: str  #: a page that has it
    status_code: int | None
    message: str
    found_at: int
    checked_at: int
    resolved_at: int | None
    ignored: bool
