"""What is sent: query parameters and bodies, as types. The handlers check them by themselves, in their own words."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from api.dialects.tinytrail.bodies import MAX_EVENTS
from api.dialects.tinytrail.parameters import SERIES, Format
from core.comparisons import Against
from core.intervals import Interval
from core.metrics import Metric
from core.ranges import Comparison, Period
from core.site_settings import SETTINGS
from core.sites import WeekStart
from core.subjects import Subject
from tracker.builds import Extra

SITE = "550e8400-e29b-41d4-a716-446655440000"
_EXTRA = "|".join(Extra)

Series = StrEnum("Series", {metric.name: metric.value for metric in (*SERIES, Metric.UNIQUE_VISITORS)})  # type: ignore[misc]  # made of the list


class Grouping(StrEnum):
    """How sources are grouped."""

    CHANNEL = "channel"
    DOMAIN = "domain"
    UTM = "utm"


def undefaulted(schema: dict[str, Any]) -> None:
    """A field that may be left out has no default that could be sent."""
    schema.pop("default", None)


def _optional(description: str, example: str) -> Any:  # noqa: ANN401 - as pydantic has it
    return Field(None, description=description, examples=[example], json_schema_extra=undefaulted)


class PixelQuery(BaseModel):
    """What the pixel takes."""

    id: UUID = Field(description="The website.", examples=[SITE])
    path: str | SkipJsonSchema[None] = _optional("Path of the page, instead of the one of its address.", "/blog/post-1")


class SiteQuery(BaseModel):
    """Which site."""

    website_id: UUID = Field(description="The website.", examples=[SITE])


class RealtimeQuery(SiteQuery):
    """Which site, and how much of it."""

    extended: Literal["true", "false"] = Field(
        "false", description="Whether to say who is here now and what happened in each minute. An extension."
    )


class SnippetQuery(BaseModel):
    """What the script is to do."""

    extras: str = Field(
        "",
        description="What the script does beyond the default, with commas.",
        pattern=f"^(({_EXTRA})(,({_EXTRA}))*)?$",
        examples=["forms,vitals"],
    )


class PeriodQuery(BaseModel):
    """Which days."""

    period: Period = Field(Period.WEEK, description="Days up to today.")
    start_date: date | SkipJsonSchema[None] = _optional("First day; overrides `period`.", "2026-02-23")
    end_date: date | SkipJsonSchema[None] = _optional("Last day, today unless said.", "2026-03-01")
    format: Format = Field(Format.JSON, description="`csv` answers with a file.")


class ReportQuery(PeriodQuery, SiteQuery):
    """What all reports about days take."""

    period: Period = Field(
        Period.WEEK, description="Days up to today, in the website's time zone: UTC unless its settings name another."
    )
    compare: Comparison | Against | SkipJsonSchema[None] = _optional(
        "What a summary is compared with. `previous` (as many days before) and `year` (52 weeks before) are extensions:"
        " they compare lists and series too, and a period that is still open only up to the same time of day.",
        Comparison.PREVIOUS_PERIOD.value,
    )
    include_bots: Literal["true", "false"] = Field("false", description="Whether bots count.")
    content_group: str | SkipJsonSchema[None] = _optional("Only pages of the content group of this name.", "Blog")
    segment: Annotated[list[str], Field(max_length=10)] = Field(
        [],
        description="Names or ids of segments, whose filters are all to be met. An extension.",
        json_schema_extra=undefaulted,
    )
    page: int = Field(1, ge=1, le=1_000_000_000, description="Which page of a list.")
    per_page: int = Field(50, ge=1, description="Rows on a page; more than 500 are 500.")


class GoalQuery(ReportQuery):
    """What reports take that say who reaches a goal."""

    goal: str | SkipJsonSchema[None] = _optional(
        "Name or id of a goal: adds how many visits reach it. An extension.", "Ordered"
    )


class SourcesQuery(GoalQuery):
    """What the sources take beside."""

    group_by: Grouping = Field(Grouping.CHANNEL, description="How sources are grouped.")


class FunnelQuery(ReportQuery):
    """What a funnel takes beside."""

    funnel: str | SkipJsonSchema[None] = _optional(
        "Name or id of a funnel, instead of the steps. An extension.", "Sign up"
    )
    steps: Annotated[list[str], Field(min_length=2, max_length=20)] = Field(
        [],
        json_schema_extra=undefaulted,
        alias="steps[]",
        description="The steps in their order: a path, if it begins with a slash, else an event's type or name. In a"
        " path `*` is any run of characters; a backslash in front takes it as it stands (an extension).",
        examples=[["/pricing", "/signup", "/onboarding"]],
    )


class JourneysQuery(ReportQuery):
    """What journeys take beside."""

    path: str | SkipJsonSchema[None] = _optional("What comes before and after this page.", "/pricing")


class CustomEventsQuery(GoalQuery):
    """What custom events take beside."""

    event_name: str | SkipJsonSchema[None] = _optional("Only events of this name.", "signup_complete")


class BreakdownQuery(ReportQuery):
    """What a breakdown takes beside."""

    by: Subject = Field(description="What a row is.")
    sort: str | SkipJsonSchema[None] = _optional(
        "One of the columns `name`, `visitors`, `visits`, `pageviews`, `count`, `bounce`, `duration` and `change`, with"
        " a minus in front for the greatest first; what the rows do not have they cannot be sorted by.",
        "-visitors",
    )
    search: str | SkipJsonSchema[None] = _optional(
        "Only rows with this text in a name, in upper or lower case.", "blog"
    )


class TimeseriesQuery(ReportQuery):
    """What a time series takes beside."""

    metric: Series = Field(
        Series("pageviews"), description="What is plotted; unique visitors only with `interval` or a comparison."
    )
    interval: Interval | SkipJsonSchema[None] = _optional(
        "How long the points are, in the website's time zone: at most 11,000 of them. An extension; without it, days.",
        Interval.HOUR.value,
    )
    path: str | SkipJsonSchema[None] = _optional("Only this page; the whole site unless said.", "/about")


class EventBody(BaseModel):
    """An event."""

    website_id: str = Field(min_length=1, description="The website's UUID; of an unknown one nothing is stored.")
    event_type: str = Field(
        min_length=1,
        max_length=64,
        description="`page_view`, `close_tab`, `scroll_25`, `scroll_50`, `scroll_75`, `outbound_link` or `custom`;"
        " any other is a custom event of that name.",
    )
    url: str = Field(min_length=1, description="The page's full URL.")
    path: str = Field(description="The URL's path.")
    referrer: str | None = None
    screen_width: float | None = Field(None, description="Width of the viewport in pixels.")
    screen_height: float | None = Field(None, description="Height of the viewport in pixels.")
    properties: dict[str, Any] | None = Field(None, description="A custom event's data; its name is `name` in here.")
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None


Events = Annotated[list[EventBody], Field(min_length=1, max_length=MAX_EVENTS)]


class AccountBody(BaseModel):
    """An account to be made."""

    name: str = Field(min_length=1)


class UserBody(BaseModel):
    """A user to be made."""

    account_id: UUID
    role: Literal["admin", "user"]
    email: str | SkipJsonSchema[None] = Field(
        None, description="A label; nobody logs in with it.", json_schema_extra=undefaulted
    )


class GroupBody(BaseModel):
    """A content group as it is sent."""

    name: str
    pattern: str


class WebsitePatch(BaseModel):
    """What changes of a website; at least one field."""

    domain: str = Field("", max_length=255, pattern=r"^[A-Za-z0-9.-]+$", json_schema_extra=undefaulted)
    content_groups: list[GroupBody] = Field(
        default=[], description="Replaces all. Read when a report is made: a changed group changes its past too."
    )
    excluded_ips: list[str] = Field(default=[], description="Addresses and CIDR ranges whose events are not stored.")


class NewWebsite(WebsitePatch):
    """A website to be made."""

    domain: str = Field(max_length=255, pattern=r"^[A-Za-z0-9.-]+$", description="Letters, digits, hyphens and dots.")
    account_id: UUID | SkipJsonSchema[None] = Field(
        None, description="For admins only: another account than the own.", json_schema_extra=undefaulted
    )


def _setting(name: str, **limits: Any) -> Any:  # noqa: ANN401 - as pydantic has it
    return Field(None, description=SETTINGS[name].meaning, json_schema_extra=undefaulted, **limits)


class SettingsPatch(BaseModel):
    """What changes of a website's settings; at least one field, and no others."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"minProperties": 1})

    allowed_hosts: list[str] | SkipJsonSchema[None] = _setting("allowed_hosts", max_length=100)
    excluded_paths: list[str] | SkipJsonSchema[None] = _setting("excluded_paths", max_length=200)
    excluded_countries: list[str] | SkipJsonSchema[None] = _setting("excluded_countries", max_length=250)
    honour_gpc: bool | SkipJsonSchema[None] = _setting("honour_gpc")
    honour_dnt: bool | SkipJsonSchema[None] = _setting("honour_dnt")
    keep_ips: bool | SkipJsonSchema[None] = _setting("keep_ips")
    unique_hits: bool | SkipJsonSchema[None] = _setting("unique_hits")
    uptime: bool | SkipJsonSchema[None] = _setting("uptime")
    uptime_url: str | SkipJsonSchema[None] = _setting("uptime_url", max_length=2_048)
    content: bool | SkipJsonSchema[None] = _setting("content")
    content_url: str | SkipJsonSchema[None] = _setting("content_url", max_length=2_048)
    insights: bool | SkipJsonSchema[None] = _setting("insights")
    time_zone: str | SkipJsonSchema[None] = _setting("time_zone")
    week_start: WeekStart | SkipJsonSchema[None] = _setting("week_start")
    file_retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = _setting("file_retention_days")
    rollup_retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = _setting("rollup_retention_days")


class AggregateBody(BaseModel):
    """Which day."""

    date: str | None = Field(None, description="A UTC day as `YYYY-MM-DD`; yesterday unless said.")
