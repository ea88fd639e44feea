"""What is answered about a monitor, as types; see `shapes`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.dialects.tinylytics.documents.shapes import Count, Pagination, Percent, Shape
from api.dialects.tinylytics.uptime_wire import Description


class Ssl(Shape):
    """The certificate that was shown last."""

    expires_at: datetime | None = Field(description="null where none was shown.")
    valid: bool | None = Field(description="Whether browsers take it.")
    expiring_soon: bool = Field(description="Within 30 days.")
    expired: bool
    days_until_expiry: Count | None


class Domain(Shape):
    """For how long the site's domain is registered."""

    tested_at: datetime | None
    expires_at: datetime | None = Field(description="null where nobody tells.")
    remaining_days: Count | None
    source: Literal["rdap", "whois"] | None
    expired: bool
    expiring_soon: bool = Field(description="Within 30 days.")
    days_until_expiry: Count | None


class Monitor(Shape):
    """How a site is after its last check. Before the first one what is not known yet is null."""

    id: int | None
    url: str
    enabled: Literal[True]
    is_down: bool = Field(description="Once a second check has confirmed it.")
    uptime: Percent | None = Field(description="Of the time of the period in which the site was watched.")
    last_check_at: datetime | None
    next_check_at: datetime | None = Field(description="null of a monitor that is paused.")
    last_status_code: int | None = Field(description="After redirects; null where nothing was answered.")
    last_error_message: str | None = Field(description="Why the site counts as down.")
    status_description: Description
    current_check_interval: Count | None = Field(description="Seconds; null of a monitor that is paused.")
    period: Literal["30d"]
    ssl: Ssl
    domain: Domain
    auto_paused: bool = Field(description="Whether it was down for so long that nobody looks any more.")
    created_at: datetime | None
    updated_at: datetime | None


class Downtime(Shape):
    """A time in which the site was down."""

    id: int
    error: str
    started_at: datetime
    ended_at: datetime | None
    duration: Count = Field(description="Seconds, up to now while it goes on.")
    duration_in_words: str
    partial: bool = Field(description="Whether a single check failed and the one that was to confirm it did not.")
    ongoing: bool


class DowntimeSummary(Shape):
    """How many downtimes there are."""

    total_downtimes: Count
    ongoing_downtimes: Annotated[int, Field(ge=0, le=1)]
    recent_downtimes_30_days: Count


class Uptime(Shape):
    """A monitor, and its downtimes of 30 days."""

    monitor: Monitor
    downtimes: list[Downtime]
    pagination: Pagination
    summary: DowntimeSummary
