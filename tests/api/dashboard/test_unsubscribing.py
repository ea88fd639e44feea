"""Ending a site's mails by the link in one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from core.messages import Channel, MessageKind
from storage import recipients
from storage.key_vault import KeyVault
from tests.api.dashboard.conftest import PAGE, SENT

if TYPE_CHECKING:
    from tests.api.dashboard.conftest import PageWorld


def subscribe(world: PageWorld) -> str:
    """Add a recipient and return the path of its link."""
    with psycopg.connect(world.dsn) as connection:
        recipients.insert(
            connection,
            KeyVault(),
            world.site.id,
            channel=Channel.EMAIL,
            address="ada@example.org",
            kinds=[MessageKind.INSIGHTS],
        )
        row = connection.execute("SELECT token FROM recipients").fetchone()
    assert row is not None
    return f"/unsubscribe/{row[0].hex}"


def is_subscribed(world: PageWorld) -> bool:
    """Whether it gets mails."""
    with psycopg.connect(world.dsn) as connection:
        (recipient,) = recipients.of_site(connection, world.site.id)
    return recipient.unsubscribed_at is None


async def test_looking_changes_nothing(page_world_: PageWorld) -> None:
    """Programs that read mails follow links."""
    path = subscribe(page_world_)
    async with page_world_.stranger() as stranger:
        for accept in (PAGE, "*/*"):
            shown = await stranger.get(path, headers={"Accept": accept})
            assert shown.status_code == 200
            assert "ada@example.org is told of example.com by mail" in shown.text
            assert f'<form method="post" action="{path}">' in shown.text
            assert "set-cookie" not in shown.headers
    assert is_subscribed(page_world_)


async def test_one_click_is_enough(page_world_: PageWorld) -> None:
    """Of a mail program, which says nothing of where it comes from; a second one changes nothing."""
    path = subscribe(page_world_)
    async with page_world_.stranger() as program:
        for _ in range(2):
            done = await program.post(path, data={"List-Unsubscribe": "One-Click"}, headers={"Accept": "*/*"})
            assert done.status_code == 200
            assert "ada@example.org gets no more mails about example.com" in done.text
            assert "set-cookie" not in done.headers
            assert not is_subscribed(page_world_)
        parts = await program.post(path, files={"List-Unsubscribe": (None, "One-Click")})
        assert parts.status_code == 200


async def test_it_can_be_undone(page_world_: PageWorld) -> None:
    """By the page's own form, and by no other one."""
    path = subscribe(page_world_)
    async with page_world_.stranger() as stranger:
        ended = await stranger.post(path, headers=SENT)
        assert f'action="{path}/undo"' in ended.text
        assert (await stranger.post(f"{path}/undo")).status_code == 403
        assert (await stranger.post(f"{path}/undo", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
        assert not is_subscribed(page_world_)
        again = await stranger.post(f"{path}/undo", headers=SENT)
        assert "Send no more mails" in again.text
    assert is_subscribed(page_world_)


@pytest.mark.parametrize(
    "token",
    ["6c103b76c7474053947077ee3ca844ce", "x", "0" * 31, "A" * 32, "%00" * 32, "6c103b76-c747-453d-9450-77ee3ca844ce"],
)
async def test_a_link_that_is_none_says_so(page_world_: PageWorld, token: str) -> None:
    """On a page, whatever is done with it."""
    subscribe(page_world_)
    async with page_world_.stranger() as stranger:
        path = f"/unsubscribe/{token}"
        for answer in (
            await stranger.get(path),
            await stranger.post(path),
            await stranger.post(f"{path}/undo", headers=SENT),
        ):
            assert answer.status_code == 404
            assert "This link ends no mails" in answer.text
            assert "ada@example.org" not in answer.text
    assert is_subscribed(page_world_)
