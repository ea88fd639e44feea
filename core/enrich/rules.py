"""What the steps decide, of values alone: the steps of one event and those of many ask the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.channels import classify
from core.locations import clip
from core.networks import holds, parse_address
from core.places import NO_PLACE, UNKNOWN_COUNTRY, Place
from core.referrers import NO_REFERRER, Referrer, bare_host, is_own, parse_referrer

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.channels import Source
    from core.clicks import Network
    from core.sites import Site


def is_excluded_ip(site: Site, ip: str) -> bool:
    """Whether the site's owner excluded the address."""
    networks = site.excluded_networks
    if not networks:
        return False
    address = parse_address(ip)
    return address is not None and holds(networks, address)


def is_excluded_path(site: Site, path: str) -> bool:
    """Whether the site's owner excluded the path, given in its one form."""
    return any(glob.matches(path) for glob in site.path_globs)


def is_other_host(site: Site, host: str) -> bool:
    """Whether the site's owner listed hosts and this is none of them; a listed one also stands for its `www.`."""
    globs = site.host_globs
    if not globs:
        return False
    bare = bare_host(host)
    return not any(glob.matches(host) or glob.matches(bare) for glob in globs)


def referrer_of(site: Site, text: str, hostname: str) -> Referrer:
    """The page before, if it is on another domain than the site's or the page's own host."""
    if not text:
        return NO_REFERRER
    referrer = parse_referrer(text)
    own = is_own(referrer.host, site.domain) or referrer.host == bare_host(hostname)
    return NO_REFERRER if own else referrer


def campaign_of(sent: str, found: str) -> str:
    """What the body says of the campaign, else what the address says."""
    return clip(sent) or found


def channel_of(
    source_of: Callable[[str], Source | None], host: str, utm_source: str, utm_medium: str, click: Network | None
) -> str:
    """The channel, by the host of the page before and the campaign."""
    source = host or utm_source.lower()
    return classify(bool(host), source_of(source) if source else None, utm_medium, click)


def place_of(look_up: Callable[[str], Place], country: str, ip: str) -> Place:
    """Where the address is; a country that was sent stands alone, XX being none that is known."""
    if not country:
        return look_up(ip)
    return Place(country) if country != UNKNOWN_COUNTRY else NO_PLACE


def sender_of(visitor_id: str, ip: str, user_agent: str) -> tuple[str, str]:
    """Whom a visitor's hash is of. No address reads "id": whom the sender tells apart is nobody else."""
    return ("id", visitor_id) if visitor_id else (ip, user_agent)
