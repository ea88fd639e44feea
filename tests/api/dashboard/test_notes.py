"""Notes on days in a browser."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

import psycopg

from storage import notes
from tests.api.dashboard.conftest import SENT

if TYPE_CHECKING:
    import httpx

    from storage.notes import Note
    from tests.api.dashboard.conftest import PageWorld

URL: Final = "/settings/notes?site=example.com"


async def send(client: httpx.AsyncClient, url: str = URL, **fields: str) -> httpx.Response:
    """Send the section's form."""
    return await client.post(url, data=fields, headers=SENT)


def kept(world: PageWorld) -> list[Note]:
    """The site's notes as they are in the store."""
    with psycopg.connect(world.dsn) as connection:
        return notes.of_site(connection, world.site.id)


async def test_notes_are_written_changed_and_deleted(page_world_: PageWorld) -> None:
    """One form for both; the list has a link to change each."""
    answer = await send(page_world_.client, title="Sale <b>", day="2026-11-10")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{URL}&saved=saved")
    (note,) = kept(page_world_)
    assert (note.title, note.day) == ("Sale <b>", date(2026, 11, 10))
    page = (await page_world_.client.get(URL)).text
    assert "Sale &lt;b&gt;" in page
    assert f'href="{URL}&amp;id={note.id}"' in page
    form = (await page_world_.client.get(f"{URL}&id={note.id}")).text
    assert 'name="title" type="text" value="Sale &lt;b&gt;"' in form
    assert (await send(page_world_.client, id=str(note.id), title="Fair", day="2026-11-11")).status_code == 303
    assert kept(page_world_) == [note._replace(title="Fair", day=date(2026, 11, 11))]
    assert (await send(page_world_.client, action=f"delete:{note.id}")).status_code == 303
    assert kept(page_world_) == []
    assert (await send(page_world_.client, action=f"delete:{note.id}")).status_code == 404
    assert (await send(page_world_.client, id=str(note.id), title="x", day="2026-11-11")).status_code == 404


async def test_what_is_wrong_is_said_beside_the_field(page_world_: PageWorld) -> None:
    """And what was typed stays."""
    wrong = await send(page_world_.client, title="x" * 61, day="10 November")
    assert wrong.status_code == 422
    assert 'id="title-error" class="error">Title must be 1 to 60 characters.' in wrong.text
    assert 'id="day-error" class="error">Day must be a date such as 2026-11-10.' in wrong.text
    assert f'value="{"x" * 61}"' in wrong.text
    assert kept(page_world_) == []


async def test_the_dialog_is_about_a_day(page_world_: PageWorld) -> None:
    """It leads back to the report that it was opened over, and to no other server."""
    await send(page_world_.client, title="Earlier", day="2026-11-10")
    page = (await page_world_.client.get("/?site=example.com&period=7d&view=note&of=2026-11-10")).text
    dialog = page[page.index("<dialog") :]
    assert "Earlier" in dialog
    assert 'name="day" type="date" value="2026-11-10"' in dialog
    back = re.search(r'name="back" value="([^"]*)"', dialog)
    assert back is not None
    assert back[1] == "/?site=example.com&amp;period=7d"
    answer = await send(page_world_.client, title="New", day="2026-11-10", back="/?site=example.com&period=7d")
    assert answer.headers["location"] == "/?site=example.com&period=7d&saved=saved"
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = await send(page_world_.client, title="New", day="2026-11-10", back=elsewhere)
        assert answer.headers["location"] == f"{URL}&saved=saved"


async def test_notes_are_their_sites(page_world_: PageWorld) -> None:
    """Another site's cannot be read, changed or deleted, by whatever id and page."""
    theirs = page_world_.make_site("theirs.example", "others")
    with psycopg.connect(page_world_.dsn) as connection:
        note = notes.insert(connection, theirs.id, date(2026, 11, 10), "Secret")
    assert note is not None
    assert "Secret" not in (await page_world_.client.get(f"{URL}&id={note.id}")).text
    assert (await send(page_world_.client, id=str(note.id), title="x", day="2026-11-11")).status_code == 404
    assert (await send(page_world_.client, action=f"delete:{note.id}")).status_code == 404
    with psycopg.connect(page_world_.dsn) as connection:
        assert notes.of_site(connection, theirs.id) == [note]
