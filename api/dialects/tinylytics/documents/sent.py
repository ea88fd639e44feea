"""What is sent: query parameters and bodies, as types. The handlers check them by themselves, in their own words."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from api.dialects.tinylytics.bodies import MAX_ROWS
from api.dialects.tinylytics.documents.shapes import undefaulted
from api.dialects.tinylytics.filters import GroupBy
from api.dialects.tinylytics.paging import MOST, MOST_DOWNTIMES, MOST_INSIGHTS, MOST_JOURNEYS, USUAL
from api.dialects.tinylytics.ranges import MAX_DAYS, Boundaries


def _optional(description: str, example: object = None, **limits: Any) -> Any:  # noqa: ANN401 - as pydantic has it
    examples = None if example is None else [example]
    return Field(None, description=description, examples=examples, json_schema_extra=undefaulted, **limits)


_PAGE = Field(1, ge=1, le=1_000_000_000, description="Which page of the list.")
_PER_PAGE = Field(USUAL, ge=1, le=MOST, description=f"Rows on a page; more than {MOST} are {MOST}.")


class DaysQuery(BaseModel):
    """Which days."""

    start_date: date | SkipJsonSchema[None] = _optional(
        f"First day, 30 days ago unless said. A range has at most {MAX_DAYS} days.", "2026-02-01"
    )
    end_date: date | SkipJsonSchema[None] = _optional("Last day, today unless said.", "2026-02-14")
    time_zone: Boundaries = Field(
        Boundaries.UTC, description="Where days begin: in UTC, or in the time zone of the key's account."
    )


class HitsQuery(DaysQuery):
    """Which hits."""

    country: str | SkipJsonSchema[None] = _optional("Exactly this country.", "US", pattern="^[A-Z]{2}$")
    path: str | SkipJsonSchema[None] = _optional("Exactly this path.", "/pricing")
    referrer: str | SkipJsonSchema[None] = _optional(
        "A part of the referrer, in upper or lower case.", "google", max_length=1_024
    )
    grouped: Literal["true", "false"] = Field("false", description="Whether hits are counted rather than listed.")
    group_by: GroupBy = Field(GroupBy.PATH, description="What they are counted by.")
    page: int = _PAGE
    per_page: int = _PER_PAGE


class KudosQuery(DaysQuery):
    """Which kudos."""

    path: str | SkipJsonSchema[None] = _optional("Exactly this path.", "/pricing")
    uid: str | SkipJsonSchema[None] = _optional("Exactly this uid.", "pricing-kudo-1")
    page: int = _PAGE
    per_page: int = _PER_PAGE


class LeaderboardQuery(BaseModel):
    """Which pages."""

    path: str | SkipJsonSchema[None] = _optional("A part of the path, in upper or lower case.", "blog")
    page: int = _PAGE
    per_page: int = _PER_PAGE


class JourneysQuery(DaysQuery):
    """Which journeys."""

    page: int = _PAGE
    per_page: int = Field(
        MOST_JOURNEYS, ge=1, le=MOST_JOURNEYS, description=f"Journeys on a page; more than {MOST_JOURNEYS} are that."
    )


class InsightsQuery(BaseModel):
    """Which insights."""

    page: int = _PAGE
    per_page: int = Field(
        MOST_INSIGHTS, ge=1, le=MOST_INSIGHTS, description=f"Insights on a page; more than {MOST_INSIGHTS} are that."
    )


class UptimeQuery(BaseModel):
    """Which downtimes."""

    page: int = _PAGE
    per_page: int = Field(
        MOST_DOWNTIMES,
        ge=1,
        le=MOST_DOWNTIMES,
        description=f"Downtimes on a page; more than {MOST_DOWNTIMES} are that.",
    )


class HitBody(BaseModel):
    """A hit."""

    path: str = Field(
        min_length=1,
        max_length=4_096,
        description="The path; a missing slash in front is added, query and fragment are cut.",
    )
    country: str | None = Field(
        None, pattern="^[A-Z]{2}$", description="Two capital letters, or XX. It goes before the look-up."
    )
    ip_address: str | None = Field(
        None, description="What the country is looked up by, in a file of this server. It is not stored."
    )
    url: str | None = Field(
        None, max_length=4_096, description="The page's full URL: the site's with the path unless said."
    )
    referrer: str | None = Field(None, max_length=4_096)
    user_agent: str | None = None
    visitor_id: str | int | None = Field(None, description="What tells visitors apart, instead of address and agent.")
    source: str | None = Field(
        None, max_length=255, description="Where it comes from: `utm_source` or `ref` of the URL unless said."
    )


HitsBody = Annotated[list[HitBody], Field(max_length=MAX_ROWS)]


class KudoBody(BaseModel):
    """A kudo."""

    path: str = Field(min_length=1, max_length=4_096, description="The path; a missing slash in front is added.")
    custom_uid: str | int | None = Field(None, description="What it is to be called; no two of a site have one uid.")
