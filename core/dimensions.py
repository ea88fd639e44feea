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
    """Each of them, by the name that it has in the rollups.

    Those of a session count whole visits by what their naming event says; those of a hit count views by their own
    values, whatever the visit says.
    """

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
    HIT_COUNTRY = "hit_country"
    HIT_REFERRER = "hit_referrer"
    HIT_BROWSER = "hit_browser"
    HIT_OS = "hit_os"


_D = Dimension

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

#: The columns of a view that make the value.
OF_HITS: Final[Mapping[Dimension, tuple[str, ...]]] = MappingProxyType(
    {
        _D.HIT_COUNTRY: ("country",),
        _D.HIT_REFERRER: ("referrer_host",),
        _D.HIT_BROWSER: ("browser",),
        _D.HIT_OS: ("os",),
    }
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
    if dimension in OF_HITS or len(OF_SESSIONS[dimension]) == 1:
        return (value,)
    # Only an escaped backslash can stand before a t that no tab was.
    return tuple("\\".join(part.replace("\\t", "\t") for part in column.split("\\\\")) for column in value.split("\t"))
