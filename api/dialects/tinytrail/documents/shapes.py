"""What is answered, as types. Every field that an answer may have is here; there are no others."""

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model

from api.errors import ErrorCode
from core.channels import Channel
from core.drops import DropReason
from core.intervals import Interval
from core.sites import WeekStart
from core.subjects import Subject

T = TypeVar("T")

Count = Annotated[int, Field(ge=0)]


class Shape(BaseModel):
    """Closed: an answer has no other fields."""

    model_config = ConfigDict(extra="forbid")


class Success(Shape, Generic[T]):
    """The envelope around what was asked for."""

    status: Literal["success"]
    data: T


class ErrorDetail(Shape):
    """What went wrong, for programs and for people."""

    code: ErrorCode
    message: str


class Failure(Shape):
    """The envelope around an error."""

    status: Literal["error"]
    error: ErrorDetail


class Healthy(Shape):
    """Requests are answered."""

    status: Literal["ok"]
    db: Literal["connected", "disconnected"]
    version: str


class Degraded(Shape):
    """Requests are not all answered."""

    status: Literal["degraded"]
    db: Literal["connected", "disconnected"]


class Able(Shape):
    """Yes."""

    status: Literal["ok"]


class Unable(Shape):
    """No, and why not."""

    status: Literal["degraded"]
    reason: str


class Accepted(Shape):
    """At least one of the events was stored as a human's."""

    status: Literal["accepted"]


class Account(Shape):
    """An account."""

    id: UUID
    name: str
    createdAt: datetime  # noqa: N815 - the name on the wire


class User(Shape):
    """A user, without the key."""

    id: UUID
    accountId: UUID  # noqa: N815 - the name on the wire
    email: str | None
    role: Literal["admin", "user"]
    createdAt: datetime  # noqa: N815 - the name on the wire


class NewUser(User):
    """A user who was just made, with the key."""

    apiKey: str  # noqa: N815 - the name on the wire


class UserKey(Shape):
    """A user's key."""

    id: UUID
    apiKey: str  # noqa: N815 - the name on the wire


class ContentGroup(Shape):
    """The pages of a site whose path the pattern matches; `*` is any run of characters."""

    name: str
    pattern: str


class Website(Shape):
    """A website."""

    id: UUID
    accountId: UUID  # noqa: N815 - the name on the wire
    domain: str
    contentGroups: list[ContentGroup]  # noqa: N815 - the name on the wire
    excludedIps: list[str]  # noqa: N815 - the name on the wire
    createdAt: datetime  # noqa: N815 - the name on the wire


class Settings(Shape):
    """The settings of a website."""

    allowedHosts: list[str]  # noqa: N815 - the name on the wire
    excludedPaths: list[str]  # noqa: N815 - the name on the wire
    excludedCountries: list[str]  # noqa: N815 - the name on the wire
    honourGpc: bool  # noqa: N815 - the name on the wire
    honourDnt: bool  # noqa: N815 - the name on the wire
    keepIps: bool  # noqa: N815 - the name on the wire
    uniqueHits: bool  # noqa: N815 - the name on the wire
    uptime: bool
    uptimeUrl: str  # noqa: N815 - the name on the wire
    content: bool
    contentUrl: str  # noqa: N815 - the name on the wire
    insights: bool
    timeZone: str  # noqa: N815 - the name on the wire
    weekStart: WeekStart  # noqa: N815 - the name on the wire
    fileRetentionDays: Annotated[int, Field(ge=1)] | None  # noqa: N815 - the name on the wire
    rollupRetentionDays: Annotated[int, Field(ge=1)] | None  # noqa: N815 - the name on the wire


class Snippet(Shape):
    """What to paste into a website's pages."""

    plain: str = Field(description="A script tag that always loads the newest script.")
    pinned: str = Field(description="One for this very script, checked by the browser.")
    noscript: str = Field(description="A picture that counts views of browsers without scripts.")


class Message(Shape):
    """What was done."""

    message: str


class PeriodShape(Shape):
    """The days of a report, both included."""

    start: date
    end: date
    events_from: date | None = Field(
        None,
        description="Where events of the first days are gone by the site's `file_retention_days`: the first UTC day of"
        " which there are some. What no sums tell, such as what is filtered, counts from there.",
    )
    sums_from: date | None = Field(
        None, description="The same of sums, by `rollup_retention_days`: nothing counts before."
    )


_Change = Annotated[
    float | Literal["new"] | None,
    Field(description="Percent; null if there was nothing before. `new`, in extensions, where there was 0."),
]
_EXTENSION = "An extension."


class Compared(Shape):
    """With what a report is compared by an extension."""

    comparison: str | None = Field(None, description="The days compared with, as `first to last`.")
    comparison_until: datetime | None = Field(
        None, description="An extension: where these days are cut, because ours have not passed yet."
    )


class Row(Shape):
    """What extensions say of a row: with a comparison what it was before, with a goal who of it reached that."""

    previous: Count | None = Field(None, description=_EXTENSION)
    change_pct: _Change = None
    conversions: Count | None = Field(None, description=_EXTENSION)
    conversion_rate: float | None = Field(None, ge=0, le=100, description="Percent of the row's visits. An extension.")


class MetricValue(Shape):
    """A metric; the last two fields are there if a comparison was asked for."""

    value: float | None
    previous: float | None = None
    change_pct: _Change = None


class SummaryMetrics(Shape):
    """The metrics of a summary."""

    visits: MetricValue
    unique_visitors: MetricValue
    pageviews: MetricValue
    bounce_rate: MetricValue = Field(description="Percent of the visits that saw a page.")
    avg_session_duration_sec: MetricValue
    conversions: MetricValue | None = Field(None, description="Visits that reached the goal. An extension.")
    conversion_rate: MetricValue | None = Field(None, description="Percent of the visits. An extension.")


class Summary(Compared):
    """High-level metrics."""

    period: PeriodShape
    comparison: str | None = Field(description="The days compared with, as `first to last`.")
    metrics: SummaryMetrics


class Paged(Compared):
    """What all lists have that come page by page."""

    period: PeriodShape
    page: Annotated[int, Field(ge=1)]
    per_page: Annotated[int, Field(ge=1, le=500)]


class PageRow(Row):
    """A page."""

    path: str
    contentGroup: str | None  # noqa: N815 - the name on the wire
    pageviews: Count
    uniquePageviews: Count  # noqa: N815 - the name on the wire


class Pages(Paged):
    """Pages, most views first."""

    rows: list[PageRow]


class Known(Shape):
    """What is known of some visits or events; what the rows of a breakdown do not have is left out."""

    unique_visitors: Count | None = None
    visits: Count | None = None
    pageviews: Count | None = None
    count: Count | None = Field(None, description="Of events.")
    bounce_rate: float | None = Field(None, description="Percent.")
    avg_session_duration_sec: Count | None = None


class ComparedKnown(Known):
    """The same of a row, with what its first number was before."""

    previous: Count | None = Field(None, description=_EXTENSION)
    change_pct: _Change = None


#: A page, source, place, device or event: its names, and what is known of it.
BreakdownRow = create_model(  # type: ignore[call-overload]  # made of the list
    "BreakdownRow",
    __doc__="A page, source, place, device or event: its names, and what is known of it.",
    __base__=ComparedKnown,
    **{name: (str | None, None) for subject in Subject for name in subject.names},
)


class Breakdown(Paged):
    """Rows of anything, with all that is known of each."""

    by: Subject
    total_rows: Count = Field(description="On all pages.")
    totals: Known = Field(description="The whole that shares are of.")
    rows: list[BreakdownRow]  # type: ignore[valid-type]  # made of the list


class ChannelRow(Row):
    """A channel."""

    channel: Channel
    visits: Count


class ReferrerRow(Row):
    """A referring host."""

    referrer: str
    visits: Count


class CampaignRow(Row):
    """A campaign."""

    utmSource: str  # noqa: N815 - the name on the wire
    utmMedium: str  # noqa: N815 - the name on the wire
    utmCampaign: str  # noqa: N815 - the name on the wire
    visits: Count


class Sources(Paged):
    """Where visits came from, most first; the rows are of the kind that was asked for."""

    rows: list[ChannelRow] | list[ReferrerRow] | list[CampaignRow]


class DeviceTypeRow(Row):
    """A type of device."""

    deviceType: str  # noqa: N815 - the name on the wire
    visits: Count


class BrowserRow(Row):
    """A browser."""

    browserFamily: str  # noqa: N815 - the name on the wire
    visits: Count


class SystemRow(Row):
    """An operating system."""

    osFamily: str  # noqa: N815 - the name on the wire
    visits: Count


class ScreenRow(Row):
    """A range of viewport widths in pixels."""

    bucket: Literal["320-375", "376-768", "769-1024", "1025-1440", "1441+", "unknown"]
    visits: Count


class Devices(Compared):
    """What visitors came with, most visits first."""

    period: PeriodShape
    device_types: list[DeviceTypeRow]
    browsers: list[BrowserRow]
    os_families: list[SystemRow]
    screen_resolutions: list[ScreenRow]


class LandingRow(Row):
    """A page that visits began on."""

    path: str
    entries: Count


class ExitRow(Row):
    """A page that visits ended on."""

    path: str
    exits: Count


class Flow(Compared):
    """Where visits began and ended, most first."""

    period: PeriodShape
    landing_pages: list[LandingRow]
    exit_pages: list[ExitRow]


class FunnelStep(Shape):
    """A step; the rate is in percent of the step before."""

    step: str
    sessions: Count
    conversion_rate: Annotated[float, Field(ge=0, le=100)]


class Funnel(Shape):
    """How many visits took each step."""

    period: PeriodShape
    funnel: list[FunnelStep]


class JourneyRow(Shape):
    """The first pages of visits, one after the other."""

    pages: Annotated[list[str], Field(min_length=1, max_length=5)]
    visits: Count


class JourneyRows(Paged):
    """Journeys, most visits first."""

    rows: list[JourneyRow]


class PathCount(Shape):
    """A page, or `(entry)` or `(exit)`, and how often it was seen there."""

    path: str
    count: Count


class Around(Paged):
    """What came right before and right after a page, most frequent first."""

    path: str
    before: list[PathCount]
    after: list[PathCount]


Journeys = JourneyRows | Around


class PathVisitors(Shape):
    """A page and who is on it."""

    path: str
    visitors: Count


class TypeCount(Shape):
    """A type of events and how many there were."""

    eventType: str  # noqa: N815 - the name on the wire
    count: Count


class MinuteRow(Shape):
    """A minute of the clock."""

    start: datetime
    visitors: Count
    pageviews: Count


class Realtime(Shape):
    """The last 30 minutes, humans only."""

    active_visitors: Count
    top_pages: Annotated[list[PathVisitors], Field(max_length=10)]
    events_by_type: list[TypeCount]
    visitors_now: Count | None = Field(None, description="Visitors of the last 5 minutes. An extension.")
    minutes: list[MinuteRow] | None = Field(
        None, description="The last 30 minutes, up to the one that runs. An extension."
    )


class CustomEventRow(Row):
    """A custom event."""

    name: str
    count: Count


class CustomEvents(Paged):
    """Custom events, most first."""

    rows: list[CustomEventRow]


class Point(Shape):
    """A value; the other fields are extensions."""

    date: Annotated[
        date | datetime, Field(description="The first day; of hours and minutes the website's time at the start.")
    ]
    value: float | None
    previous: float | None = Field(None, description="The value at this place of the range compared with.")
    change_pct: _Change = None
    open: Literal[True] | None = Field(None, description="Of the last point, if it has not passed yet.")


class Timeseries(Compared):
    """One metric by day, or by another interval."""

    period: PeriodShape
    metric: str
    path: str = Field(description="`*` for the whole site.")
    interval: Interval | None = Field(None, description="An extension, if it was asked for.")
    series: list[Point]


class DropRow(Shape):
    """Events of a UTC day that were dropped for one reason."""

    date: date
    reason: DropReason
    count: Count


class DropTotal(Shape):
    """All that were dropped for one reason."""

    reason: DropReason
    count: Count
    meaning: str = Field(description="The reason in a sentence.")


class Drops(Shape):
    """What was not counted, and why."""

    period: PeriodShape
    rows: list[DropRow]
    totals: list[DropTotal]
