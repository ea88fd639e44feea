"""Settings of a site: what an owner may change of it beyond its domain, groups and addresses.

One list for every door: HTTP, the command line and the document are made of it. Each value comes as JSON has it and is
checked here, once.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import available_timezones

from core.errors import InvalidInput
from core.paths import MAX_LENGTH, normalise_pattern
from core.sites import WeekStart
from core.text import require_clean
from core.urls import check_http_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MAX_HOSTS: Final = 100
_MAX_PATHS: Final = 200
_MAX_COUNTRIES: Final = 250
_MAX_DAYS: Final = 36_500
_HOST: Final = re.compile(r"(?=.{1,255}\Z)(\[[0-9a-f:.*]+\]|[a-z0-9_*-]+(\.[a-z0-9_*-]+)*)")
#: Names of this machine's files that are no zones.
_NO_ZONES: Final = frozenset({"Factory", "localtime"})
#: Kosovo has no code of ISO 3166-1; files of places use this one.
_USED: Final = frozenset({"XK"})


class Setting(NamedTuple):
    """One setting. Its name is that of the field of `core.sites.Site`, where its default is too."""

    check: Callable[[str, object], object]  # name and JSON value to the field's value, or InvalidInput
    values: str
    meaning: str


def check_settings(given: Mapping[str, object]) -> dict[str, Any]:
    """Return the settings as fields of a site.

    Args:
        given: values as JSON has them, by name.

    Raises:
        InvalidInput: there is none, one has another name, or a value is wrong; the message names it, and in a list the
            index.
    """
    unknown = [name for name in given if name not in SETTINGS]
    if unknown or not given:
        wrong = f"{unknown[0][:64]!r} is not a setting" if unknown else "no setting was given"
        raise InvalidInput(f"{wrong}: send at least one of {', '.join(SETTINGS)}")
    return {name: SETTINGS[name].check(name, value) for name, value in given.items()}


def _hosts(name: str, value: object) -> tuple[str, ...]:
    hosts = [text.lower().rstrip(".") for text in _texts(name, value, most=_MAX_HOSTS)]
    for index, host in enumerate(hosts):
        if not _HOST.fullmatch(host):
            raise InvalidInput(
                f"{name}[{index}] must be a host name without scheme, port and path, such as www.example.com or"
                " *.example.com, at most 255 characters"
            )
    return _distinct(hosts)


def _paths(name: str, value: object) -> tuple[str, ...]:
    patterns = _texts(name, value, most=_MAX_PATHS)
    for index, pattern in enumerate(patterns):
        if pattern[:1] not in {"/", "*"} or len(pattern) > MAX_LENGTH or "?" in pattern or "#" in pattern:
            raise InvalidInput(
                f"{name}[{index}] must be a path such as /admin/*, where * is any run of characters: it begins with /"
                f" or *, has no ? and no #, and at most {MAX_LENGTH} characters"
            )
        require_clean(pattern, f"{name}[{index}]")
    return _distinct([*map(normalise_pattern, patterns)])


def _country_codes(name: str, value: object) -> tuple[str, ...]:
    codes = [text.upper() for text in _texts(name, value, most=_MAX_COUNTRIES)]
    for index, code in enumerate(codes):
        if code not in countries():
            raise InvalidInput(f"{name}[{index}] must be a country's code of two letters (ISO 3166-1), such as GB")
    return _distinct(codes)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(f"{name} must be true or false")
    return value


def _zone(name: str, value: object) -> str:
    if not isinstance(value, str) or value not in time_zones():
        raise InvalidInput(f"{name} must be a time zone of the IANA database, such as Europe/Berlin or UTC")
    return value


def _week_start(name: str, value: object) -> WeekStart:
    if not isinstance(value, str) or value not in set(WeekStart):
        raise InvalidInput(f"{name} must be one of {', '.join(WeekStart)}")
    return WeekStart(value)


def _url(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{name} must be a string")
    return check_http_url(value, name) if value.strip() else ""


def _days(name: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MAX_DAYS:
        raise InvalidInput(f"{name} must be a whole number of days from 1 to {_MAX_DAYS}, or null for ever")
    return value


def check_retention(files: int | None, rollups: int | None) -> None:
    """Refuse sums that would go before what they are of.

    Raises:
        InvalidInput: they would.
    """
    if rollups is not None and (files is None or rollups < files):
        raise InvalidInput(
            "rollup_retention_days must be at least file_retention_days: sums outlive the events they are of. To remove"
            f" both after {rollups} days set both to {rollups}"
        )


def _texts(name: str, value: object, *, most: int) -> list[str]:
    if not isinstance(value, list):
        raise InvalidInput(f"{name} must be a list of strings")
    if len(value) > most:
        raise InvalidInput(f"{name} must be at most {most} strings")
    for index, text in enumerate(value):
        if not isinstance(text, str):
            raise InvalidInput(f"{name}[{index}] must be a string")
    return [text.strip() for text in value]


def _distinct(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


@cache
def time_zones() -> Mapping[str, None]:
    """The names that `time_zone` may have, in their order."""
    return MappingProxyType(dict.fromkeys(sorted(available_timezones() - _NO_ZONES)))


@cache
def countries() -> frozenset[str]:
    """The codes that countries may have: ISO 3166-1, by the list that comes with the time zone database."""
    lines = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8").splitlines()
    return frozenset(line.partition("\t")[0] for line in lines if not line.startswith("#")) | _USED


#: By name, in the order in which they are shown.
SETTINGS: Final[Mapping[str, Setting]] = MappingProxyType(
    {
        "allowed_hosts": Setting(
            _hosts,
            f"at most {_MAX_HOSTS} host names",
            "Hosts whose pages count, without scheme and port, each with `www.` in front too; `*.example.com` is every"
            " host below. Empty: any host counts. A page whose address names no host, such as a saved file, is on none."
            " Others are dropped as `other_host`.",
        ),
        "excluded_paths": Setting(
            _paths,
            f"at most {_MAX_PATHS} paths",
            "Pages that do not count, such as `/admin/*`. Dropped as `excluded_path`.",
        ),
        "excluded_countries": Setting(
            _country_codes,
            f"at most {_MAX_COUNTRIES} codes of ISO 3166-1 alpha-2",
            "Countries whose visitors do not count, as far as a file of places tells. Dropped as `excluded_country`.",
        ),
        "honour_gpc": Setting(
            _flag, "true or false", "Whether browsers that send `Sec-GPC: 1` are left out. Dropped as `gpc`."
        ),
        "honour_dnt": Setting(
            _flag, "true or false", "Whether browsers that send `DNT: 1` are left out. Dropped as `dnt`."
        ),
        "keep_ips": Setting(
            _flag,
            "true or false",
            "Whether the addresses of visitors are stored with their page views, as far as these come through"
            " beep-analytics' `/collect`: its statistics show them. Leave it off unless you have a reason and your"
            " visitors know.",
        ),
        "unique_hits": Setting(_flag, "true or false", "Whether Tinylytics' grouped hits show `unique_views`."),
        "uptime": Setting(
            _flag,
            "true or false",
            "Whether the site is asked every few minutes if it is up, and its owner told if not.",
        ),
        "uptime_url": Setting(
            _url,
            "an address with `http://` or `https://`, or empty",
            "The address that is asked. Empty: `https://DOMAIN/`.",
        ),
        "content": Setting(
            _flag,
            "true or false",
            "Whether the site's pages are read once a day to find broken links and mixed content.",
        ),
        "content_url": Setting(
            _url,
            "an address with `http://` or `https://`, or empty",
            "The page to begin with; pages below it are read. Empty: `https://DOMAIN/`.",
        ),
        "insights": Setting(
            _flag, "true or false", "Whether the site's numbers are looked through for what is remarkable, every night."
        ),
        "time_zone": Setting(
            _zone,
            "a name of the IANA time zone database",
            "Where the days of reports begin and end; a change holds for the past too.",
        ),
        "week_start": Setting(
            _week_start,
            ", ".join(WeekStart),
            "Where the weeks of a time series begin.",
        ),
        "file_retention_days": Setting(
            _days,
            f"1 to {_MAX_DAYS}, or null for ever",
            "How long events and visits are kept after their day, in files once they have left the database. What is"
            " older is removed for good, 24 hours after a change of this at the earliest; of such days there are sums"
            " without filters only.",
        ),
        "rollup_retention_days": Setting(
            _days,
            f"1 to {_MAX_DAYS}, or null for ever",
            "How long the sums of months, days and hours are kept: at least `file_retention_days`, and for ever where"
            " that is null. Older months are removed for good, 24 hours after a change of this at the earliest.",
        ),
    }
)
