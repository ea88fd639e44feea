r"""What visits and views are told apart by, and how a value that is made of several is one text.

A value of several columns, such as the three of a campaign, is a line: the columns between tabs, in each a tab as `\t`
and a backslash as `\\`. So `split_part(value, E'\t', 1)` finds the first one in SQL, and no value can be two.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Dimension(StrEnum):
    """Each of them, by its name; visits are told apart by what their naming event says."""

    CHANNEL = "channel"
    REFERRER = "referrer"
    UTM = "utm"  #: source, medium and campaign
    UTM_SOURCE = "utm_source"
    UTM_MEDIUM = "utm_medium"
    UTM_CAMPAIGN = "utm_campaign"
    UTM_CONTENT = "utm_content"
    UTM_TERM = "utm_term"
    HOSTNAME = "hostname"
    COUNTRY = "country"
    REGION = "region"  #: country and region
    CITY = "city"  #: country, region and city
    BROWSER = "browser"
    BROWSER_VERSION = "browser_version"  #: browser and version
    OS = "os"
    OS_VERSION = "os_version"  #: system and version
    DEVICE = "device"
    SCREEN = "screen"


_D = Dimension

#: What stands for each in the rollups and in the table `dimensions`; a number is never another one's, even when it is
#: not used any more.
NUMBERS: Final[Mapping[Dimension, int]] = MappingProxyType(
    {
        _D.CHANNEL: 1,
        _D.REFERRER: 2,
        _D.UTM: 3,
        _D.UTM_SOURCE: 4,
        _D.UTM_MEDIUM: 5,
        _D.UTM_CAMPAIGN: 6,
        _D.UTM_CONTENT: 7,
        _D.UTM_TERM: 8,
        _D.HOSTNAME: 9,
        _D.COUNTRY: 10,
        _D.REGION: 11,
        _D.CITY: 12,
        _D.BROWSER: 13,
        _D.BROWSER_VERSION: 14,
        _D.OS: 15,
        _D.OS_VERSION: 16,
        _D.DEVICE: 17,
        _D.SCREEN: 18,
    }
)

#: The columns of a session that make the value.
OF_SESSIONS: Final[Mapping[Dimension, tuple[str, ...]]] = MappingProxyType(
    {
        _D.CHANNEL: ("channel",),
        _D.REFERRER: ("referrer_host",),
        _D.UTM: ("utm_source", "utm_medium", "utm_campaign"),
        _D.UTM_SOURCE: ("utm_source",),
        _D.UTM_MEDIUM: ("utm_medium",),
        _D.UTM_CAMPAIGN: ("utm_campaign",),
        _D.UTM_CONTENT: ("utm_content",),
        _D.UTM_TERM: ("utm_term",),
        _D.HOSTNAME: ("hostname",),
        _D.COUNTRY: ("country",),
        _D.REGION: ("country", "region"),
        _D.CITY: ("country", "region", "city"),
        _D.BROWSER: ("browser",),
        _D.BROWSER_VERSION: ("browser", "browser_version"),
        _D.OS: ("os",),
        _D.OS_VERSION: ("os", "os_version"),
        _D.DEVICE: ("device",),
        _D.SCREEN: ("screen",),
    }
)

#: Those by which views are told apart too, each by its own values, whatever its visit says.
OF_HITS: Final[Mapping[Dimension, tuple[str, ...]]] = MappingProxyType(
    {dimension: OF_SESSIONS[dimension] for dimension in (_D.COUNTRY, _D.REFERRER, _D.BROWSER, _D.OS)}
)

#: The columns of a view that are needed for them.
HIT_COLUMNS: Final = tuple(dict.fromkeys(column for columns in OF_HITS.values() for column in columns))


def value_of(columns: Sequence[str]) -> str:
    """The columns as one value."""
    if len(columns) == 1:
        return columns[0]
    return "\t".join(column.replace("\\", "\\\\").replace("\t", "\\t") for column in columns)


def columns_of(dimension: Dimension, value: str) -> tuple[str, ...]:
    """The columns that a value of the dimension was made of."""
    if len(OF_SESSIONS[dimension]) == 1:
        return (value,)
    # Only an escaped backslash can stand before a t that no tab was.
    return tuple("\\".join(part.replace("\\t", "\t") for part in column.split("\\\\")) for column in value.split("\t"))
