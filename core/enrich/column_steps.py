"""The steps over several events at a time, named as those over one: what repeats is looked up once."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from core.drops import DropReason
from core.enrich import rules, steps
from core.enrich.drafts import each, each_of
from core.events import TrafficClass
from core.locations import parse_locations
from core.paths import normalise_paths
from core.screens import bucket_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from core.enrich.drafts import Drafts
    from core.enrich.steps import Step
    from core.visitors import Identity

ColumnStep: TypeAlias = "Callable[[Drafts], None]"


def drop_gpc(drafts: Drafts) -> None:
    """Global Privacy Control, where the site honours it."""
    if drafts.site.honour_gpc and any(drafts.gpc):
        drafts.drop(DropReason.GLOBAL_PRIVACY_CONTROL, drafts.gpc)


def drop_dnt(drafts: Drafts) -> None:
    """Do Not Track, where the site honours it."""
    if drafts.site.honour_dnt and any(drafts.dnt):
        drafts.drop(DropReason.DO_NOT_TRACK, drafts.dnt)


def drop_ignored_ip(drafts: Drafts) -> None:
    """Addresses on the server's ignore list."""
    _drop(drafts, DropReason.IGNORED_IP, drafts.lookups.ignored, drafts.ip)


def drop_excluded_ip(drafts: Drafts) -> None:
    """Addresses that the site's owner excluded."""
    _drop(drafts, DropReason.EXCLUDED_IP, partial(rules.is_excluded_ip, drafts.site), drafts.ip)


def drop_prefetch(drafts: Drafts) -> None:
    """Requests made ahead of anybody's seeing the page."""
    if any(drafts.prefetch):
        drafts.drop(DropReason.PREFETCH, drafts.prefetch)


def put_path(drafts: Drafts) -> None:
    """The paths in their one form."""
    drafts.path = normalise_paths(drafts.sent_path)


def drop_excluded_path(drafts: Drafts) -> None:
    """Paths that the site's owner excluded."""
    _drop(drafts, DropReason.EXCLUDED_PATH, partial(rules.is_excluded_path, drafts.site), drafts.path)


def put_location(drafts: Drafts) -> None:
    """Host and campaign parameters of the pages' addresses."""
    (
        drafts.hostname,
        drafts.query,
        drafts.utm_source,
        drafts.utm_medium,
        drafts.utm_campaign,
        drafts.utm_content,
        drafts.utm_term,
        drafts.click,
    ) = zip(*parse_locations(drafts.url), strict=True)


def drop_other_host(drafts: Drafts) -> None:
    """Pages elsewhere than on the hosts that the site's owner listed."""
    _drop(drafts, DropReason.OTHER_HOST, partial(rules.is_other_host, drafts.site), drafts.hostname)


def put_referrer(drafts: Drafts) -> None:
    """The pages before, if they are on another domain than the site's or the page's own."""
    found = each_of(partial(rules.referrer_of, drafts.site), drafts.sent_referrer, drafts.hostname)
    drafts.referrer, drafts.referrer_host = zip(*found, strict=True)


def put_campaign(drafts: Drafts) -> None:
    """The campaigns: what the body says, else what the address says."""
    if any(drafts.sent_source):
        drafts.utm_source = list(map(rules.campaign_of, drafts.sent_source, drafts.utm_source))
    if any(drafts.sent_medium):
        drafts.utm_medium = list(map(rules.campaign_of, drafts.sent_medium, drafts.utm_medium))
    if any(drafts.sent_campaign):
        drafts.utm_campaign = list(map(rules.campaign_of, drafts.sent_campaign, drafts.utm_campaign))


def put_channel(drafts: Drafts) -> None:
    """The channels, by referrer and campaign."""
    drafts.channel = each_of(
        partial(rules.channel_of, drafts.lookups.source),
        drafts.referrer_host,
        drafts.utm_source,
        drafts.utm_medium,
        drafts.click,
    )


def put_place(drafts: Drafts) -> None:
    """Country, region and city of the addresses, or the countries that were sent."""
    found = each_of(partial(rules.place_of, drafts.lookups.place), drafts.sent_country, drafts.ip)
    drafts.country, drafts.region, drafts.city = zip(*found, strict=True)


def drop_excluded_country(drafts: Drafts) -> None:
    """Addresses in countries that the site's owner excluded."""
    _drop(drafts, DropReason.EXCLUDED_COUNTRY, drafts.site.excluded_countries.__contains__, drafts.country)


def put_agent(drafts: Drafts) -> None:
    """Browsers, systems and devices."""
    found = each(drafts.lookups.agent, drafts.user_agent)
    (drafts.browser, drafts.browser_version, drafts.os, drafts.os_version, drafts.device, drafts.bot) = zip(
        *found, strict=True
    )


def put_traffic(drafts: Drafts) -> None:
    """The verdicts: human or bot."""
    if any(drafts.bot):
        human, bot = TrafficClass.HUMAN.value, TrafficClass.BOT.value
        drafts.traffic = [bot if is_bot else human for is_bot in drafts.bot]


def put_screen(drafts: Drafts) -> None:
    """The buckets of the screens' widths."""
    drafts.screen = each(bucket_of, drafts.screen_width)


def put_stamp(drafts: Drafts) -> None:
    """The time of acceptance and the events' ids, which rise from row to row."""
    drafts.ts, drafts.event_id = zip(*drafts.lookups.stamps_of(len(drafts.row)), strict=True)


def put_visitor(drafts: Drafts) -> None:
    """The visitors' hashes of the day."""
    site, identify = drafts.site.id, drafts.lookups.identify

    def identity(ts: int, visitor_id: str, ip: str, user_agent: str) -> Identity:
        return identify(ts, site, *rules.sender_of(visitor_id, ip, user_agent))

    found = each_of(identity, drafts.ts, drafts.visitor_id, drafts.ip, drafts.user_agent)
    drafts.visitor, drafts.prev, drafts.bucket = zip(*found, strict=True)


def _drop(drafts: Drafts, reason: DropReason, is_out: Callable[[str], bool], column: Iterable[Hashable]) -> None:
    """Leave out the rows whose value is out."""
    dropped = each(is_out, column)
    if any(dropped):
        drafts.drop(reason, dropped)


#: What each step of one event is called over several.
IN_COLUMNS: Final[Mapping[Step, ColumnStep]] = MappingProxyType(
    {
        steps.drop_gpc: drop_gpc,
        steps.drop_dnt: drop_dnt,
        steps.drop_ignored_ip: drop_ignored_ip,
        steps.drop_excluded_ip: drop_excluded_ip,
        steps.drop_prefetch: drop_prefetch,
        steps.put_path: put_path,
        steps.drop_excluded_path: drop_excluded_path,
        steps.put_location: put_location,
        steps.drop_other_host: drop_other_host,
        steps.put_referrer: put_referrer,
        steps.put_campaign: put_campaign,
        steps.put_channel: put_channel,
        steps.put_place: put_place,
        steps.drop_excluded_country: drop_excluded_country,
        steps.put_agent: put_agent,
        steps.put_traffic: put_traffic,
        steps.put_screen: put_screen,
        steps.put_stamp: put_stamp,
        steps.put_visitor: put_visitor,
    }
)
