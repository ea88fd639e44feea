"""What the document says of segments, goals and funnels. All of it is an extension."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field

from api.dialects.tinytrail.documents import sent
from api.dialects.tinytrail.documents.operation import Access, Operation, Tag
from api.dialects.tinytrail.documents.shapes import Shape, Success
from core.filters import FilterDimension

_DIMENSION: Final = "^({}|property:[^\\\\]+)$".format(
    "|".join(dimension for dimension in FilterDimension if dimension is not FilterDimension.PROPERTY)
)
_Name = Annotated[str, Field(min_length=1, max_length=100, description="Unique among those of the website.")]


class FilterPair(Shape):
    """A filter as it is written in an address."""

    dimension: str = Field(pattern=_DIMENSION, description="Such as `country`, `page` or `property:plan`.")
    value: str = Field(
        max_length=1_024, description="With `!` in front: is not; with `*` in it: any run of characters."
    )


_Event = Annotated[
    str, Field(min_length=1, max_length=1_024, description="Name of a custom event, or type of any other.")
]
_Page = Annotated[str, Field(pattern="^/", max_length=1_024, description="A path; `*` in it is any run of characters.")]
_Filters = Annotated[list[FilterPair], Field(min_length=1, max_length=100)]
_Steps = Annotated[list[str], Field(min_length=2, max_length=10)]


class NewSegment(BaseModel):
    """A segment to be made."""

    name: _Name
    filters: _Filters


class SegmentPatch(BaseModel):
    """What changes of a segment; at least one field."""

    name: _Name = Field("", json_schema_extra=sent.undefaulted)
    filters: _Filters = Field([], json_schema_extra=sent.undefaulted)


class Segment(Shape):
    """Filters with a name."""

    id: UUID
    name: str
    filters: list[FilterPair]
    createdAt: datetime  # noqa: N815 - the name on the wire


class NewEventGoal(Shape):
    """A goal to be made: an event that is to happen."""

    name: _Name
    event: _Event


class NewPageGoal(Shape):
    """A goal to be made: a page that is to be seen."""

    name: _Name
    page: _Page


class EventGoalPatch(Shape):
    """What changes of a goal; at least one field."""

    name: _Name = Field("", json_schema_extra=sent.undefaulted)
    event: _Event = Field("", json_schema_extra=sent.undefaulted)


class PageGoalPatch(Shape):
    """The same, for a page."""

    name: _Name = Field("", json_schema_extra=sent.undefaulted)
    page: _Page = Field("", json_schema_extra=sent.undefaulted)


class Goal(Shape):
    """An event that is to happen, or a page that is to be seen; the other one is null."""

    id: UUID
    name: str
    event: str | None
    page: str | None
    createdAt: datetime  # noqa: N815 - the name on the wire


class NewFunnel(BaseModel):
    """A funnel to be made."""

    name: _Name
    steps: _Steps = Field(description="Each a path, if it begins with a slash, else an event's type or name.")


class FunnelPatch(BaseModel):
    """What changes of a funnel; at least one field."""

    name: _Name = Field("", json_schema_extra=sent.undefaulted)
    steps: _Steps = Field([], json_schema_extra=sent.undefaulted)


class Funnel(Shape):
    """Steps with a name."""

    id: UUID
    name: str
    steps: list[str]
    createdAt: datetime  # noqa: N815 - the name on the wire


def _resource(  # noqa: PLR0913 - a resource has three types and examples
    word: str,
    *,
    purpose: str,
    new: object,
    patch: object,
    shape: type[Shape],
    body: dict[str, Any],
    shown: dict[str, Any],
) -> dict[tuple[str, str], Operation]:
    """The routes of one kind of definition."""
    path, title = f"/api/v1/websites/{{id}}/{word}s", word.capitalize()
    example = {"id": "9b2d7c54-2c0e-4a55-8f43-0f6f9f1d3c2a", **shown, "createdAt": "2026-01-15T10:30:00.000Z"}
    one = {"status": "success", "data": example}
    answer: Any = Success[shape]  # type: ignore[valid-type]  # made at run time
    listed: Any = Success[list[shape]]  # type: ignore[valid-type]  # same
    return {
        ("GET", path): Operation(
            id=f"list{title}s",
            tag=Tag.WEBSITES,
            summary=f"List a website's {word}s",
            description=f"{purpose} In the order of their names. An extension.",
            access=Access.USER,
            of="the website",
            answer=listed,
            example={"status": "success", "data": [example]},
            errors=(400, 404),
        ),
        ("POST", path): Operation(
            id=f"create{title}",
            tag=Tag.WEBSITES,
            summary=f"Make a {word}",
            description=f"{purpose} A website has 100 {word}s at most. An extension.",
            access=Access.USER,
            of="the website",
            body=new,
            body_example=body,
            status=201,
            answer=answer,
            example=one,
            errors=(400, 404, 413),
        ),
        ("PATCH", f"{path}/{{item}}"): Operation(
            id=f"update{title}",
            tag=Tag.WEBSITES,
            summary=f"Change a {word}",
            description="What is left out stays. An extension.",
            access=Access.USER,
            of="the website",
            item=f"the {word}",
            body=patch,
            body_example=body,
            answer=answer,
            example=one,
            errors=(400, 404, 413),
        ),
        ("DELETE", f"{path}/{{item}}"): Operation(
            id=f"delete{title}",
            tag=Tag.WEBSITES,
            summary=f"Delete a {word}",
            description="An extension.",
            access=Access.USER,
            of="the website",
            item=f"the {word}",
            meaning=f"The {word} that is gone.",
            answer=answer,
            example=one,
            errors=(400, 404),
        ),
    }


_PAIRS: Final = [{"dimension": "country", "value": "DE"}, {"dimension": "page", "value": "!/jobs/*"}]

#: By method and path.
DEFINITIONS: Final[dict[tuple[str, str], Operation]] = {
    **_resource(
        "segment",
        purpose="A segment is filters with a name; `segment=NAME` or its id adds them to a report.",
        new=NewSegment,
        patch=SegmentPatch,
        shape=Segment,
        body={"name": "Germans", "filters": _PAIRS},
        shown={"name": "Germans", "filters": _PAIRS},
    ),
    **_resource(
        "goal",
        purpose="A goal is an event or a page that visits are hoped to reach; `goal=NAME` or its id adds the visits"
        " that do to each row of a list.",
        new=NewEventGoal | NewPageGoal,
        patch=EventGoalPatch | PageGoalPatch,
        shape=Goal,
        body={"name": "Ordered", "page": "/orders/*/thanks"},
        shown={"name": "Ordered", "event": None, "page": "/orders/*/thanks"},
    ),
    **_resource(
        "funnel",
        purpose="A funnel is steps with a name; `funnel=NAME` or its id stands for them in a funnel report.",
        new=NewFunnel,
        patch=FunnelPatch,
        shape=Funnel,
        body={"name": "Sign up", "steps": ["/pricing", "/signup", "signup"]},
        shown={"name": "Sign up", "steps": ["/pricing", "/signup", "signup"]},
    ),
}
