"""What is answered, as types. Every field that an answer may have is here; there are no others."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.dialects.tinylytics.filters import GroupBy
from api.dialects.tinylytics.ranges import Boundaries

Count = Annotated[int, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="Two letters; XX where it is not known.")]
Path = Annotated[str, Field(pattern=r"^/")]
Direction = Literal["increase", "decrease"]
Usual = Annotated[float, Field(ge=0)]
Times = Annotated[float | None, Field(description="null of what had none before.")]


def undefaulted(schema: dict[str, Any]) -> None:
    """A field that may be left out has no default that could be sent."""
    schema.pop("default", None)


class Shape(BaseModel):
    """Closed: an answer has no other fields."""

    model_config = ConfigDict(extra="forbid")


class Failure(Shape):
    """Why nothing was answered."""

    error: str


class Wrong(Shape):
    """Why nothing was taken in."""

    status: Literal["error"]
    errors: Annotated[list[str], Field(min_length=1)]


class Ignored(Shape):
    """The site's owner does not want it."""

    status: Literal["ignored"]
    reason: str


class Endpoint(Shape):
    """One route."""

    method: str
    path: str
    access: str
    description: str


class Authentication(Shape):
    """How a key is sent."""

    type: Literal["bearer"]
    header: str


class RateLimit(Shape):
    """How often a key may ask, unless the operator set it otherwise."""

    requests: int
    per_seconds: int


class Discovery(Shape):
    """What the API is."""

    name: str
    version: Literal["v1"]
    server: str
    base_url: str
    openapi_url: str
    authentication: Authentication
    rate_limit: RateLimit | None
    endpoints: list[Endpoint]


class ApiKey(Shape):
    """The key that asks."""

    name: str | None
    access_type: Literal["read_only", "full_access"]
    last_used_at: datetime | None = Field(description="To the minute.")


class Me(Shape):
    """Whose key it is."""

    id: int
    email: str | None
    is_subscribed: Literal[True]
    created_at: datetime
    api_key: ApiKey


class SiteInBrief(Shape):
    """Which site."""

    id: int
    uid: str
    url: str
    label: str


class Site(SiteInBrief):
    """A site."""

    lifetime_hits: Count
    lifetime_unique_hits: Count
    lifetime_kudos: Count
    active: Literal[True]
    public: bool
    created_at: datetime
    updated_at: datetime


class Sites(Shape):
    """The sites that the key's account has."""

    sites: list[Site]


class Pagination(Shape):
    """Which page of a list."""

    current_page: Annotated[int, Field(ge=1)]
    per_page: Annotated[int, Field(ge=1, le=1_000)]
    total_count: Count
    total_pages: Count


class DayFilters(Shape):
    """Which days."""

    start_date: date
    end_date: date
    time_zone: Boundaries


class HitFilters(DayFilters):
    """Which hits."""

    country: str | None
    path: str | None
    referrer: str | None
    grouped: Literal[False]


class GroupFilters(DayFilters):
    """Which hits, and what they are grouped by."""

    country: str | None
    path: str | None
    referrer: str | None
    grouped: Literal[True]
    group_by: GroupBy


class Hit(Shape):
    """One hit."""

    id: int
    url: str
    path: Path
    referrer: str | None
    country: Country
    browser_name: str | None
    platform_name: str | None
    is_mobile: bool
    source: str | None
    created_at: datetime


class CreatedHit(Hit):
    """A hit that was just taken in."""

    unique_hash: Annotated[str, Field(pattern="^[0-9a-f]{12}$")] | None
    visitor_hash: Annotated[str, Field(pattern="^[0-9a-f]{16}$")] | None


class Hits(Shape):
    """Single hits."""

    hits: list[Hit]
    pagination: Pagination
    filters: HitFilters


class PathGroup(Shape):
    """Hits of one path."""

    path: Path
    views: Count
    unique_views: Count | None = Field(
        None,
        description="Left out where the site's owner has it so.",
        json_schema_extra=undefaulted,
    )


class CountryGroup(Shape):
    """Hits from one country."""

    country: Country
    hit_count: Count


class ReferrerGroup(Shape):
    """Hits that came from one host."""

    referrer: str | None
    hit_count: Count


class BrowserGroup(Shape):
    """Hits with one browser."""

    browser_name: str | None
    hit_count: Count


class PlatformGroup(Shape):
    """Hits on one operating system."""

    platform_name: str | None
    hit_count: Count


class GroupedHits(Shape):
    """Hits, counted."""

    grouped_hits: list[PathGroup | CountryGroup | ReferrerGroup | BrowserGroup | PlatformGroup]
    pagination: Pagination
    filters: GroupFilters


class HitCreated(Shape):
    """The hit was taken in."""

    status: Literal["created"]
    hit: CreatedHit


class RowCreated(Shape):
    """The hit at this place of the batch was taken in."""

    index: Count
    status: Literal["created"]


class RowIgnored(Shape):
    """The hit at this place is not wanted."""

    index: Count
    status: Literal["ignored"]
    reason: str


class RowWrong(Shape):
    """There is no hit at this place."""

    index: Count
    status: Literal["error"]
    errors: Annotated[list[str], Field(min_length=1)]


class Batch(Shape):
    """What became of each hit."""

    created_count: Count
    ignored_count: Count
    error_count: Count
    results: list[RowCreated | RowIgnored | RowWrong]


class Kudo(Shape):
    """A kudo."""

    id: int
    uid: str
    path: Path
    created_at: datetime


class KudoFilters(DayFilters):
    """Which kudos."""

    path: str | None
    uid: str | None


class Kudos(Shape):
    """Kudos."""

    kudos: list[Kudo]
    pagination: Pagination
    filters: KudoFilters


class KudoCreated(Shape):
    """The kudo was taken in."""

    status: Literal["created"]
    kudo: Kudo


class KudoDeleted(Shape):
    """The kudo is gone."""

    status: Literal["deleted"]
    uid: str


class LeaderboardRow(Shape):
    """A page."""

    path: Path
    total_hits: Count
    unique_hits: Count
    percentage: Percent = Field(description="Of all hits of the site.")


class CacheInfo(Shape):
    """How long the answer may be kept."""

    cached_at: datetime
    expires_at: datetime


class PathFilter(Shape):
    """Which pages."""

    path: str | None


class Leaderboard(Shape):
    """The pages of all time."""

    leaderboard: list[LeaderboardRow]
    site: SiteInBrief
    pagination: Pagination
    cache_info: CacheInfo
    filters: PathFilter


class Stop(Shape):
    """A page on the way."""

    path: Path


class Journey(Shape):
    """What a visitor of a UTC day saw, of the days that are asked for."""

    visitor_hash: str
    page_count: Annotated[int, Field(ge=1)]
    first_hit: datetime
    last_hit: datetime
    duration_minutes: Count
    pages: Annotated[list[Stop], Field(min_length=1)]
    entry_page: Path
    exit_page: Path
    session_duration: Count = Field(description="Seconds from the first hit to the last.")
    referrer: str | None
    country: Country
    browser: str | None


class JourneySummary(Shape):
    """All journeys together."""

    total_visitors: Count
    multi_page_visitors: Count
    single_page_visitors: Count
    bounce_rate: Percent = Field(description="Journeys of a single hit, of all.")


class TopPage(Shape):
    """How many journeys have a page in this place."""

    path: Path
    visitors: Count


class JourneyInsights(Shape):
    """Where most journeys begin and end."""

    top_entry_pages: Annotated[list[TopPage], Field(max_length=10)]
    top_exit_pages: Annotated[list[TopPage], Field(max_length=10)]


class Journeys(Shape):
    """Journeys."""

    user_journeys: list[Journey]
    summary: JourneySummary
    insights: JourneyInsights
    pagination: Pagination
    filters: DayFilters


class SignalWindow(Shape):
    """The time that a signal is about."""

    started_at: datetime
    ended_at: datetime


class Change(Shape):
    """A week's hits against those of the week before."""

    direction: Direction
    current_hits: Count
    previous_hits: Count
    absolute_change: int
    change_percentage: float | None = Field(description="null after a week of none.")


class Breakout(Shape):
    """A page's hits against its own usual week."""

    path: Path
    current_hits: Count
    usual_hits: Usual
    absolute_change: float
    times_usual: Times


class Surge(Shape):
    """A referrer's visits against its own usual week."""

    referrer: str
    current_visits: Count
    usual_visits: Usual
    absolute_change: float
    times_usual: Times


class Shift(Shape):
    """A share of the visits against the usual one."""

    dimension: Literal["country", "device", "browser", "channel"]
    value: str
    direction: Direction
    current_visits: Count
    current_percentage: Percent
    usual_percentage: Percent
    change_in_points: float


class Spike(Shape):
    """The hits of some hours against those of the same hours before."""

    current_hits: Count
    usual_hits: Usual
    absolute_change: float
    times_usual: Times


class InsightSignal(Shape):
    """One thing that is remarkable."""

    type: Literal["traffic_change", "page_breakout", "referrer_surge", "audience_shift", "live_spike"]
    headline: str
    summary: str
    importance_score: Annotated[int, Field(ge=0, le=100)]
    detected_at: datetime
    window: SignalWindow
    payload_excerpt: Change | Breakout | Surge | Shift | Spike = Field(description="Of the type of the signal.")


class Insight(Shape):
    """What was said about the seven days up to a day of the site's time zone."""

    id: int
    insights_for_date: date
    formatted_insights_date: str
    generated_at: datetime
    summary: str
    signals: list[InsightSignal] = Field(description="What matters most first.")
    traffic_patterns: str
    best_content: str
    recommendations: str


class SiteOfInsights(SiteInBrief):
    """Which site, and whether insights of it are made."""

    insights_enabled: bool
    daily_insight_reports_active: bool = Field(description="Whether there is a job that makes them.")
    next_insight_job_scheduled_at: datetime | None


class Insights(Shape):
    """Insights."""

    insights: list[Insight]
    pagination: Pagination
    site: SiteOfInsights


#: The document itself, which is of no type of ours.
Document = dict[str, Any]
