"""Why an event was not counted: a closed list shared by the steps, the metrics and the dead letters."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class DropReason(StrEnum):
    """A collector dropped the event; it is stored nowhere."""

    UNKNOWN_SITE = "unknown_site"  #: no site has this id
    IGNORED_IP = "ignored_ip"  #: the address is on the server's ignore list
    EXCLUDED_IP = "excluded_ip"  #: the site's owner excluded this address
    EXCLUDED_PATH = "excluded_path"  #: the site's owner excluded this path
    EXCLUDED_COUNTRY = "excluded_country"  #: the site's owner excluded the country that the address is in
    OTHER_HOST = "other_host"  #: the site's owner listed hosts, and the page is on none of them
    GLOBAL_PRIVACY_CONTROL = "gpc"  #: the browser sent Sec-GPC: 1 and the site honours it
    DO_NOT_TRACK = "dnt"  #: the browser sent DNT: 1 and the site honours it
    PREFETCH = "prefetch"  #: the browser fetched ahead; nobody has seen the page
    RATE_LIMITED = "rate_limited"  #: too many requests from one address
    INVALID = "invalid"  #: the request was refused with a 400 or 413
    OVERLOADED = "overloaded"  #: refused with a 503: more is in flight than may be held


#: What each reason says to the owner of a site.
MEANINGS: Final[Mapping[DropReason, str]] = MappingProxyType(
    {
        DropReason.UNKNOWN_SITE: "The script sends an id that no website has: paste it anew.",
        DropReason.IGNORED_IP: "The address is on the server's ignore list, whatever the website.",
        DropReason.EXCLUDED_IP: "The address is among the website's excluded_ips.",
        DropReason.EXCLUDED_PATH: "The page is among the website's excluded_paths.",
        DropReason.EXCLUDED_COUNTRY: "The address is in one of the website's excluded_countries.",
        DropReason.OTHER_HOST: "The page is on a host that is not among the website's allowed_hosts.",
        DropReason.GLOBAL_PRIVACY_CONTROL: "The browser asks with Sec-GPC: 1 not to be tracked, and honour_gpc is on.",
        DropReason.DO_NOT_TRACK: "The browser asks with DNT: 1 not to be tracked, and honour_dnt is on.",
        DropReason.PREFETCH: "The browser fetched the page ahead; nobody has seen it.",
        DropReason.RATE_LIMITED: "One address sent more requests than it may.",
        DropReason.INVALID: "The event was refused with 400 or 413: it is not as the API has it.",
        DropReason.OVERLOADED: "The event was refused with 503: more was under way than could be held.",
    }
)


class DeadReason(StrEnum):
    """A worker could not count the event; it is kept among the dead letters."""

    UNDECODABLE = "undecodable"  #: the message is not of our format
    TOO_LATE = "too_late"  #: more than a day between the event and its arrival in the log
    CLOCK_AHEAD = "clock_ahead"  #: stamped more than five minutes after its arrival in the log
    REFUSED = "refused"  #: the database refused this row
    SITE_DELETED = "site_deleted"  #: the site was deleted while the event waited (counted, not kept)
