"""What the document says of notes. All of it is an extension."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field

from api.dialects.tinytrail.documents import sent
from api.dialects.tinytrail.documents.operation import Access, Operation, Tag
from api.dialects.tinytrail.documents.shapes import Shape, Success
from core.notes import MAX_NOTES, MAX_TITLE

_Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE, description="What is said of the day.")]
_Date = Annotated[date, Field(description="A day of the website's calendar, of the years 1970 to 2199.")]
_EPOCH: Final = date(1970, 1, 1)


class NewNote(BaseModel):
    """A note to be made."""

    date: _Date
    title: _Title


class NotePatch(BaseModel):
    """What changes of a note; at least one field."""

    date: _Date = Field(_EPOCH, json_schema_extra=sent.undefaulted)
    title: _Title = Field("", json_schema_extra=sent.undefaulted)


class Note(Shape):
    """What is said of a day."""

    id: UUID
    date: date
    title: str


_PATH: Final = "/api/v1/websites/{id}/notes"
_BODY: Final = {"date": "2026-11-10", "title": "Front page of Hacker News"}
_SHOWN: Final = {"id": "9b2d7c54-2c0e-4a55-8f43-0f6f9f1d3c2a", **_BODY}
_ONE: Final[dict[str, Any]] = {"access": Access.USER, "of": "the website", "tag": Tag.WEBSITES} | {
    "answer": Success[Note],
    "example": {"status": "success", "data": _SHOWN},
}

#: By method and path.
NOTES: Final[dict[tuple[str, str], Operation]] = {
    ("GET", _PATH): Operation(
        id="listNotes",
        tag=Tag.WEBSITES,
        summary="List a website's notes",
        description="The latest day first. Charts show them. An extension.",
        access=Access.USER,
        of="the website",
        answer=Success[list[Note]],
        example={"status": "success", "data": [_SHOWN]},
        errors=(400, 404),
    ),
    ("POST", _PATH): Operation(
        id="createNote",
        summary="Make a note",
        description=f"A website has {MAX_NOTES} notes at most. An extension.",
        body=NewNote,
        body_example=_BODY,
        status=201,
        errors=(400, 404, 413),
        **_ONE,
    ),
    ("PATCH", f"{_PATH}/{{item}}"): Operation(
        id="updateNote",
        summary="Change a note",
        description="What is left out stays. An extension.",
        item="the note",
        body=NotePatch,
        body_example=_BODY,
        errors=(400, 404, 413),
        **_ONE,
    ),
    ("DELETE", f"{_PATH}/{{item}}"): Operation(
        id="deleteNote",
        summary="Delete a note",
        description="An extension.",
        item="the note",
        meaning="The note that is gone.",
        errors=(400, 404),
        **_ONE,
    ),
}
