"""The query parameters that all reports share, checked and turned into the domain's words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

from core.comparisons import Against
from core.dimensions import Dimension
from core.errors import InvalidInput
from core.intervals import MAX_POINTS, Interval, count
from core.metrics import Metric
from core.paths import MAX_LENGTH, normalise_path
from core.ranges import Comparison, Days, Period, days_of
from core.steps import parse_step
from core.text import require_clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.steps import Step

E = TypeVar("E", bound=StrEnum)

_PER_PAGE: Final = 50
_MAX_PER_PAGE: Final = 500
_MAX_PAGE: Final = 1_000_000_000
#: Dates that are understood: no visit is older, and thirty years in one series are enough.
_EARLIEST: Final = date(1970, 1, 2)
_LATEST: Final = date(2999, 12, 31)
_MAX_DAYS: Final = 11_000
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STEPS: Final = frozenset({"steps[]", "steps"})
_FEWEST_STEPS: Final = 2
_MOST_STEPS: Final = 20
_NUMBER: Final = re.compile(r"[0-9]{1,12}")

#: The metrics of a time series.
SERIES: Final = (
    Metric.VISITS,
    Metric.PAGEVIEWS,
    Metric.UNIQUE_PAGEVIEWS,
    Metric.BOUNCE_RATE,
    Metric.AVG_SESSION_DURATION,
    Metric.LANDING_PAGE_ENTRIES,
    Metric.EXIT_PAGE_EXITS,
)

#: What sources can be grouped by.
SOURCES: Final = {"channel": Dimension.CHANNEL, "domain": Dimension.REFERRER, "utm": Dimension.UTM}


class Format(StrEnum):
    """How a report is written."""

    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What a request asks of a report. `days` are given; without them, `period` is to be seen from today.

    Of `compare` and `against` at most one is there.
    """

    period: Period
    start: date | None
    end: date | None
    compare: Comparison | None
    against: Against | None
    bots: bool
    content_group: str | None
    page: int
    per_page: int
    format: Format

    def days(self, *, today: date, oldest: date | None) -> Days:
        """The days that are asked for.

        Args:
            today: the date now, where the site's days are counted.
            oldest: the site's first day with anything, if it has one; where the period `all` begins.

        Raises:
            InvalidInput: the dates do not make a range; the message says what to send.
        """
        if self.start is None:
            earliest = max(oldest or today, today - timedelta(days=_MAX_DAYS - 1))
            return days_of(self.period, today=today, oldest=earliest)
        end = self.end or today
        if self.start > end:
            raise InvalidInput(f"start_date must not be after end_date, which is {end}")
        if (end - self.start).days >= _MAX_DAYS:
            raise InvalidInput(f"start_date and end_date must be at most {_MAX_DAYS} days apart")
        return Days(first=self.start, last=end)


def website_id(query: Mapping[str, str]) -> UUID:
    """The site that is asked for.

    Raises:
        InvalidInput: it is missing or no UUID.
    """
    text = query.get("website_id")
    if not text:
        raise InvalidInput("website_id is required: send the UUID of a website")
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput("website_id must be the UUID of a website") from None


def parameters(query: Mapping[str, str]) -> Parameters:
    """Check what all reports share; an empty value is as good as none.

    Raises:
        InvalidInput: one is not understood; the message names it and says what to send.
    """
    start, end = _date(query, "start_date"), _date(query, "end_date")
    if end is not None and start is None:
        raise InvalidInput("start_date is required with end_date: send both as YYYY-MM-DD")
    group = query.get("content_group") or None
    if group is not None:
        require_clean(group, "content_group")
    compare = _compare(query)
    return Parameters(
        period=Period.WEEK if start else _choice(query, "period", Period) or Period.WEEK,
        start=start,
        end=end,
        compare=compare if isinstance(compare, Comparison) else None,
        against=compare if isinstance(compare, Against) else None,
        bots=_flag(query, "include_bots"),
        content_group=group,
        page=_count(query, "page", default=1, most=_MAX_PAGE),
        per_page=min(_count(query, "per_page", default=_PER_PAGE, most=None), _MAX_PER_PAGE),
        format=_choice(query, "format", Format) or Format.JSON,
    )


def source(query: Mapping[str, str]) -> Dimension:
    """What sources are grouped by, channels unless said.

    Raises:
        InvalidInput: there is no such grouping.
    """
    found = SOURCES.get(query.get("group_by") or "channel")
    if found is None:
        raise InvalidInput(f"group_by must be one of {', '.join(SOURCES)}")
    return found


def metric(query: Mapping[str, str], *, visitors: bool = False) -> Metric:
    """The metric of a time series, page views unless said; unique visitors only where they are meant to be asked for.

    Raises:
        InvalidInput: there is no such series.
    """
    known = (*SERIES, Metric.UNIQUE_VISITORS) if visitors else SERIES
    text = query.get("metric") or Metric.PAGEVIEWS
    if text not in known:
        raise InvalidInput(f"metric must be one of {', '.join(known)}")
    return Metric(text)


def interval(query: Mapping[str, str]) -> Interval | None:
    """How long the points of a time series are, if that is said.

    Raises:
        InvalidInput: there is no such interval.
    """
    return _choice(query, "interval", Interval)


def require_few(days: Days, interval: Interval) -> None:
    """Let a series pass that has not too many points.

    Raises:
        InvalidInput: it has too many.
    """
    points = count(days, interval)
    if points > MAX_POINTS:
        raise InvalidInput(
            f"interval={interval} makes {points} points of these days, at most {MAX_POINTS}: ask for fewer days or a"
            " longer interval"
        )


def extended(query: Mapping[str, str]) -> bool:
    """Whether a realtime report is asked to say more than the API's own text has it say.

    Raises:
        InvalidInput: it is neither said nor denied.
    """
    return _flag(query, "extended")


def path(query: Mapping[str, str]) -> str | None:
    """The page that is asked for, in the form in which paths are stored, or None.

    Raises:
        InvalidInput: no path can be like this.
    """
    text = query.get("path")
    if not text:
        return None
    require_clean(text, "path")
    return normalise_path(text)


def event_name(query: Mapping[str, str]) -> str | None:
    """The custom event that is asked for, or None.

    Raises:
        InvalidInput: no event can be named like this.
    """
    name = query.get("event_name") or None
    if name is not None:
        require_clean(name, "event_name")
    return name


def steps(query: Iterable[tuple[str, str]]) -> tuple[Step, ...]:
    """The steps of a funnel, in the order in which they were sent, each as `steps[]` or as `steps`.

    Raises:
        InvalidInput: there are too few or too many, or there can be no such page or event.
    """
    sent = [text for name, text in query if name in _STEPS and text]
    if not _FEWEST_STEPS <= len(sent) <= _MOST_STEPS:
        raise InvalidInput(
            f"steps[] must be sent {_FEWEST_STEPS} to {_MOST_STEPS} times: for each step a path or an event"
        )
    for text in sent:
        require_clean(text, "steps[]")
        if len(text) > MAX_LENGTH and not text.startswith("/"):
            raise InvalidInput(f"steps[] must be at most {MAX_LENGTH} characters each")
    return tuple(map(parse_step, sent))


def require_no_steps(query: Iterable[tuple[str, str]]) -> None:
    """Refuse steps beside a funnel that has its own.

    Raises:
        InvalidInput: there are some.
    """
    if any(name in _STEPS and text for name, text in query):
        raise InvalidInput("send either funnel or steps[]")


def day(text: str, name: str) -> date:
    """The date that was sent as `name`.

    Raises:
        InvalidInput: it is no date, or too far away.
    """
    try:
        found = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput(f"{name} must be a date as YYYY-MM-DD")
    if not _EARLIEST <= found <= _LATEST:
        raise InvalidInput(f"{name} must lie between {_EARLIEST} and {_LATEST}")
    return found


def _date(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name)
    return day(text, name) if text else None


def _choice(query: Mapping[str, str], name: str, choices: type[E]) -> E | None:
    text = query.get(name)
    if not text:
        return None
    try:
        return choices(text)
    except ValueError:
        raise InvalidInput(f"{name} must be one of {', '.join(choices)}") from None


def _compare(query: Mapping[str, str]) -> Comparison | Against | None:
    text = query.get("compare")
    known: dict[str, Comparison | Against] = {each.value: each for each in (*Comparison, *Against)}
    if text and text not in known:
        raise InvalidInput(f"compare must be one of {', '.join(known)}")
    return known[text] if text else None


def _flag(query: Mapping[str, str], name: str) -> bool:
    text = query.get(name) or "false"
    if text not in {"true", "false"}:
        raise InvalidInput(f"{name} must be true or false")
    return text == "true"


def _count(query: Mapping[str, str], name: str, *, default: int, most: int | None) -> int:
    text = query.get(name)
    if not text:
        return default
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if number < 1 or (most is not None and number > most):
        raise InvalidInput(f"{name} must be a whole number from 1" + (f" to {most}" if most else ""))
    return number
