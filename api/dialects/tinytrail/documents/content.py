"""What the document says of a website's content. All of it is an extension."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, Field

from api.dialects.tinytrail.documents.operation import Access, Operation, Tag
from api.dialects.tinytrail.documents.shapes import Shape, Success
from core.content import CrawlKind, IssueKind


class ContentPatch(BaseModel):
    """Whether messages pause."""

    messagesPaused: bool  # noqa: N815 - as the API spells it
    messagesPausedUntil: datetime | None = Field(None, description="Left out or null: until they are wanted again.")  # noqa: N815 - same


class IssuePatch(BaseModel):
    """Whether an issue is ignored."""

    ignored: bool


class Issue(Shape):
    """Something that is wrong."""

    id: int
    kind: IssueKind
    url: str
    foundOn: str = Field(description="A page that has it.")  # noqa: N815 - same
    statusCode: int | None = Field(description="Null if there was no answer.")  # noqa: N815 - same
    message: str
    foundAt: datetime  # noqa: N815 - same
    checkedAt: datetime  # noqa: N815 - same
    ignored: bool


class UnderWay(Shape):
    """How far a check has come."""

    kind: CrawlKind
    startedAt: datetime  # noqa: N815 - same
    checked: int
    waiting: int


class Content(Shape):
    """What is known of a website's content."""

    enabled: bool
    firstPage: str  # noqa: N815 - same
    lastCheckAt: datetime | None  # noqa: N815 - same
    lastWholeCheckAt: datetime | None  # noqa: N815 - same
    nextWholeCheckAt: datetime | None = Field(description="Null: at once.")  # noqa: N815 - same
    sawAll: bool = Field(description="False if the last whole check ended at a bound.")  # noqa: N815 - same
    problem: str | None = Field(description="Why nothing can be checked now.")
    okCount: int = Field(description="Of the first check, so far.")  # noqa: N815 - same
    underWay: UnderWay | None  # noqa: N815 - same
    messagesPaused: bool  # noqa: N815 - same
    messagesPausedUntil: datetime | None  # noqa: N815 - same
    issues: list[Issue]


_PATH: Final = "/api/v1/websites/{id}/content"
_ISSUE: Final = {
    "id": 201,
    "kind": "broken_link",
    "url": "https://example.com/old-page",
    "foundOn": "https://example.com/blog",
    "statusCode": 404,
    "message": "Not Found",
    "foundAt": "2026-11-09T08:00:00.000Z",
    "checkedAt": "2026-11-10T08:00:00.000Z",
    "ignored": False,
}
_SHOWN: Final = {
    "enabled": True,
    "firstPage": "https://example.com/blog",
    "lastCheckAt": "2026-11-10T08:00:00.000Z",
    "lastWholeCheckAt": "2026-11-10T08:00:00.000Z",
    "nextWholeCheckAt": "2026-11-11T08:00:00.000Z",
    "sawAll": True,
    "problem": None,
    "okCount": 47,
    "underWay": None,
    "messagesPaused": False,
    "messagesPausedUntil": None,
    "issues": [_ISSUE],
}
_OF: Final[dict[str, Any]] = {"access": Access.USER, "of": "the website", "tag": Tag.WEBSITES}
_ALL: Final[dict[str, Any]] = {
    **_OF,
    "answer": Success[Content],
    "example": {"status": "success", "data": _SHOWN},
}

#: By method and path.
CONTENT: Final[dict[tuple[str, str], Operation]] = {
    ("GET", _PATH): Operation(
        id="showContent",
        summary="Show what is wrong in a website's pages",
        description="With how far the check has come. An extension.",
        errors=(400, 404),
        **_ALL,
    ),
    ("PATCH", _PATH): Operation(
        id="pauseContentMessages",
        summary="Let messages about a website's content pause",
        description="It is checked all the same. What is found meanwhile is told by no message later. An extension.",
        body=ContentPatch,
        body_example={"messagesPaused": True, "messagesPausedUntil": "2099-01-01T00:00:00Z"},
        errors=(400, 404, 413),
        **_ALL,
    ),
    ("POST", f"{_PATH}/check"): Operation(
        id="checkContent",
        summary="Check a website's content now",
        description="400 where `content` of its settings is off. A check that is under way goes on. An extension.",
        status=202,
        meaning="It is checked within moments.",
        errors=(400, 404),
        **_ALL,
    ),
    ("PATCH", f"{_PATH}/issues/{{item}}"): Operation(
        id="updateContentIssue",
        summary="Ignore an issue, or no longer",
        description="An ignored one is no news when it is found again. An extension.",
        item="the issue",
        item_type=int,
        body=IssuePatch,
        body_example={"ignored": True},
        answer=Success[Issue],
        example={"status": "success", "data": {**_ISSUE, "ignored": True}},
        errors=(400, 404, 413),
        **_OF,
    ),
}
