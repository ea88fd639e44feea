"""What is somebody else's: every route of the page is asked for it, in every way that a site is named."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

from api.dashboard.choices import View
from api.dashboard.settings.sections import Section
from core.alerts import check_condition
from core.funnels import Steps
from core.messages import Channel, Composed
from core.recipients import CHOICES
from core.segments import Segment
from core.sites import ContentGroup
from storage import accounts, alerts, messages, notes, recipients, shares, sites
from storage.definitions import FUNNELS, SEGMENTS
from storage.key_vault import KeyVault
from tests.api.dashboard.conftest import PAGE, SENT
from tests.api.routes import page_routes

if TYPE_CHECKING:
    import httpx

    from core.sites import Site
    from tests.api.dashboard.conftest import PageWorld

#: What is in nothing that others may see.
THEIRS: Final = "Xyzzy"
#: What shows and changes nothing of a site.
OF_NO_SITE: Final = ("/assets/", "/sign-", "/shortcuts")
#: These never end where they are allowed; tests of their own hold them to the viewer's site.
STREAMS: Final = ("/share/{token}/live",)


def paths(template: str, token: str) -> list[str]:
    """The paths that a route takes."""
    path = template.replace("{token}", token)
    return [path.replace("{section}", section) for section in Section] if "{section}" in path else [path]


def furnish(world: PageWorld, site: Site) -> str:
    """Give a site one of everything that an owner can name, and a share link; return its token."""
    with psycopg.connect(world.dsn) as connection:
        sites.update(connection, site.uuid, account_id=None, content_groups=[ContentGroup(THEIRS, "/a")])
        assert notes.insert(connection, site.id, date(2026, 11, 10), THEIRS)
        assert FUNNELS.insert(connection, site.id, THEIRS, Steps(("/", "/a")))
        assert SEGMENTS.insert(connection, site.id, THEIRS, Segment((("country", "DE"),)))
        email, vault = f"{THEIRS}@example.com", KeyVault()
        assert alerts.insert(connection, vault, site.id, check_condition("visitors", "gt", 1), email=email)
        assert recipients.insert(connection, vault, site.id, channel=Channel.EMAIL, address=email, kinds=CHOICES)
        assert messages.notify(connection, site.id, Composed(CHOICES[0], THEIRS, THEIRS, {}))
        token = shares.insert(connection, site.id, name=THEIRS, may_filter=True, expires_at=None)
    assert token is not None
    return token


def snapshot(world: PageWorld, site: Site) -> list[object]:
    """All that is kept of a site."""
    with psycopg.connect(world.dsn) as connection:
        found: list[object] = []
        of_site = ("notes", "definitions", "shares", "alerts", "recipients", "messages")
        for table, key in (("sites", "id"), *((table, "site") for table in of_site)):
            statement = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE {} = %s ORDER BY t::text").format(
                sql.Identifier(table), sql.Identifier(key)
            )
            found.append(connection.execute(statement, [site.id]).fetchall())
        return found


async def ask(client: httpx.AsyncClient, method: str, path: str, query: dict[str, str]) -> httpx.Response:
    """As a browser would, by a form where something is to be changed; its fields name the site as well."""
    if method == "GET":
        return await client.get(path, params=query, headers={"Accept": PAGE}, follow_redirects=True)
    fields = query | {"domain": "mine.example", "name": "mine", "title": "mine", "day": "2026-11-10", "step": "/x"}
    return await client.post(path, params=query, data=fields | {"host": "mine.example"}, headers=SENT)


async def test_no_route_tells_of_others_or_changes_them(page_world_: PageWorld) -> None:
    """Neither to a user of another account nor through a link to another site, nor to nobody at all."""
    theirs = page_world_.make_site("theirs.example", "others")
    furnish(page_world_, theirs)
    with psycopg.connect(page_world_.dsn) as connection:
        token = shares.insert(connection, page_world_.site.id, name="mine", may_filter=True, expires_at=None)
    assert token is not None
    before = snapshot(page_world_, theirs)
    routes = sorted(
        (method, path)
        for method, path in page_routes(page_world_.app)
        if method in {"GET", "POST"} and path not in STREAMS and not path.startswith(OF_NO_SITE)
    )
    assert {path for _, path in routes} >= {"/", "/share/{token}/", "/settings/{section}", "/sites/new", "/live"}
    async with page_world_.stranger() as stranger:
        for method, template in routes:
            shared = "{token}" in template
            for client in (stranger,) if shared else (page_world_.client, stranger):
                for name in (theirs.domain, str(theirs.uuid)):
                    for path in paths(template, token):
                        answer = await ask(client, method, path, {"site": name})
                        assert THEIRS not in answer.text, (method, path, name)
                        assert answer.status_code < 500, (method, path, name)
        for view in View:
            for base, client in (("/", page_world_.client), (f"/share/{token}/", stranger)):
                answer = await ask(client, "GET", base, {"site": str(theirs.uuid), "view": view, "funnel": THEIRS})
                shown = re.sub(r'(?:href|action|value|data-\w+)="[^"]*"', "", answer.text)
                assert THEIRS not in shown, (base, view)
                assert theirs.domain not in shown, (base, view)
    assert snapshot(page_world_, theirs) == before


async def test_a_deleted_account_shows_nothing(page_world_: PageWorld) -> None:
    """Its links end and its people are signed out with it, at once."""
    token = furnish(page_world_, page_world_.site)
    async with page_world_.stranger() as stranger:
        assert (await stranger.get(f"/share/{token}/")).status_code == 200
        with psycopg.connect(page_world_.dsn) as connection:
            assert accounts.delete(connection, page_world_.site.account_id)
        assert (await stranger.get(f"/share/{token}/")).status_code == 404
    assert (await page_world_.client.get("/")).status_code == 303
