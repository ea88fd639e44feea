"""The site of the demo, with everything that an owner would have set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from core.funnels import check_steps
from core.goals import check_goal
from core.sites import check_content_groups
from ops.demo.traffic import newsletters
from ops.demo.world import DOMAIN
from storage import accounts, notes, sites
from storage.definitions import FUNNELS, GOALS

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection

    from core.sites import Site
    from ops.demo.traffic import Traffic

_SETTINGS: Final = {"time_zone": "Europe/Berlin"}
_GROUPS: Final = (("Blog", "/blog/*"), ("Documentation", "/docs*"), ("Sign-up", "/signup"), ("Sign-up", "/onboarding"))
_FUNNELS: Final = {
    "Sign-up": ("/pricing", "/signup", "/onboarding", "signup_complete"),
    "Docs to install": ("/docs", "/docs/install", "copy_snippet"),
}
_GOALS: Final = {"Signed up": "signup_complete", "Downloaded": "file_download"}
_LATEST_NEWSLETTERS: Final = 2


def find(connection: Connection, account: UUID) -> Site | None:
    """Return the demo's site of an account; None where there is none."""
    return next((site for site in sites.of_account(connection, account) if site.domain == DOMAIN), None)


def make(connection: Connection, *, account: str, traffic: Traffic) -> Site:
    """Return the demo's site of the account, made where it is not there. The caller commits.

    Raises:
        LookupError: it was deleted in this very moment.
    """
    owner = accounts.ensure(connection, account)
    made = sites.insert(connection, account_id=owner, domain=DOMAIN, content_groups=check_content_groups(_GROUPS))
    if made is not None:
        sites.configure(connection, made.uuid, _SETTINGS)
        for name, steps in _FUNNELS.items():
            FUNNELS.insert(connection, made.id, name, check_steps(steps))
        for name, event in _GOALS.items():
            GOALS.insert(connection, made.id, name, check_goal(event=event))
        _note(connection, made.id, traffic.front_page, "Front page of Hacker News")
        for day in newsletters(traffic.first, traffic.last)[-_LATEST_NEWSLETTERS:]:
            _note(connection, made.id, day, "Newsletter")
    site = find(connection, owner)
    if site is None:
        raise LookupError("the demo's site is not there any more")
    return site


def _note(connection: Connection, site: int, day: int, title: str) -> None:
    notes.insert(connection, site, datetime.fromtimestamp(day / 1_000, UTC).date(), title)
