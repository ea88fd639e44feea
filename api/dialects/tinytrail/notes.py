"""`/api/v1/websites/:id/notes`: what is said of days of a website. An extension of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.auth import User  # noqa: TC001 - FastAPI reads the annotations when it runs
from api.dialects.tinytrail.access import ID, site_finder
from api.dialects.tinytrail.envelope import success
from api.dialects.tinytrail.identifiers import identifier
from api.json_body import json_body
from core.errors import InvalidInput, NotFound
from core.notes import MAX_NOTES, check_day, check_title
from storage import notes

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from storage.notes import Note


class NoteBody(BaseModel):
    """What is sent; of a note that is there what is left out stays."""

    model_config = ConfigDict(strict=True)

    date: str | None = None
    title: str | None = None


_Body = Annotated[NoteBody, Depends(json_body(NoteBody))]


def router(pool: ConnectionPool) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/v1/websites/{website_id}/notes")
    find_site = site_finder(pool)

    @routes.get("")
    def list_notes(user: User, website_id: str) -> dict[str, Any]:
        """List them, the latest day first."""
        site = find_site(user, identifier(website_id, ID))
        with pool.connection() as connection:
            return success([_shown(note) for note in notes.of_site(connection, site.id)])

    @routes.post("", status_code=201)
    def create_note(user: User, website_id: str, body: _Body) -> dict[str, Any]:
        """Make one."""
        site = find_site(user, identifier(website_id, ID))
        day, title = check_day(body.date or "", "date"), check_title(body.title or "")
        with pool.connection() as connection:
            made = notes.insert(connection, site.id, day, title)
        if made is None:
            raise InvalidInput(f"this website has {MAX_NOTES} notes already: delete one before you make another")
        return success(_shown(made))

    @routes.patch("/{note_id}")
    def change_note(user: User, website_id: str, note_id: str, body: _Body) -> dict[str, Any]:
        """Change what is sent of one."""
        site, note = find_site(user, identifier(website_id, ID)), identifier(note_id, "the note's id")
        given = body.model_fields_set
        if not given:
            raise InvalidInput("send at least one of date and title")
        day = check_day(body.date or "", "date") if "date" in given else None
        title = check_title(body.title or "") if "title" in given else None
        with pool.connection() as connection:
            return _answer(notes.update(connection, site.id, note, day=day, title=title))

    @routes.delete("/{note_id}")
    def delete_note(user: User, website_id: str, note_id: str) -> dict[str, Any]:
        """Delete one."""
        site, note = find_site(user, identifier(website_id, ID)), identifier(note_id, "the note's id")
        with pool.connection() as connection:
            return _answer(notes.delete(connection, site.id, note))

    return routes


def _answer(note: Note | None) -> dict[str, Any]:
    if note is None:
        raise NotFound("there is no such note of this website")
    return success(_shown(note))


def _shown(note: Note) -> dict[str, Any]:
    return {"id": str(note.id), "date": note.day.isoformat(), "title": note.title}
