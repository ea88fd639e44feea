"""The steps, in order. A `drop_` step may end the journey with a reason, a `put_` step only adds to the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from core.drops import DropReason
from core.enrich import rules
from core.events import TrafficClass
from core.locations import parse_location
from core.paths import normalise_path
from core.screens import bucket_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.enrich.draft import Draft

Step: TypeAlias = "Callable[[Draft], DropReason | None]"


def drop_gpc(draft: Draft) -> DropReason | None:
    """Global Privacy Control, where the site honours it."""
    return DropReason.GLOBAL_PRIVACY_CONTROL if draft.request.gpc and draft.site.honour_gpc else None


def drop_dnt(draft: Draft) -> DropReason | None:
    """Do Not Track, where the site honours it."""
    return DropReason.DO_NOT_TRACK if draft.request.dnt and draft.site.honour_dnt else None


def drop_ignored_ip(draft: Draft) -> DropReason | None:
    """Addresses on the server's ignore list."""
    return DropReason.IGNORED_IP if draft.lookups.ignored(draft.request.ip) else None


def drop_excluded_ip(draft: Draft) -> DropReason | None:
    """Addresses that the site's owner excluded."""
    return DropReason.EXCLUDED_IP if rules.is_excluded_ip(draft.site, draft.request.ip) else None


def drop_prefetch(draft: Draft) -> DropReason | None:
    """Requests made ahead of anybody's seeing the page."""
    return DropReason.PREFETCH if draft.request.prefetch else None


def put_path(draft: Draft) -> None:
    """The path in its one form."""
    draft.path = normalise_path(draft.raw.path)


def drop_excluded_path(draft: Draft) -> DropReason | None:
    """Paths that the site's owner excluded."""
    return DropReason.EXCLUDED_PATH if rules.is_excluded_path(draft.site, draft.path) else None


def put_location(draft: Draft) -> None:
    """Host and campaign parameters of the page's address."""
    draft.location = parse_location(draft.raw.url)


def drop_other_host(draft: Draft) -> DropReason | None:
    """Pages elsewhere than on the hosts that the site's owner listed; an address without a host is on none of them."""
    return DropReason.OTHER_HOST if rules.is_other_host(draft.site, draft.location.hostname) else None


def put_referrer(draft: Draft) -> None:
    """The page before, if it is on another domain than the site's or the page's own."""
    if draft.raw.referrer:
        draft.referrer = rules.referrer_of(draft.site, draft.raw.referrer, draft.location.hostname)


def put_campaign(draft: Draft) -> None:
    """The campaign: what the body says, else what the address says."""
    raw, location = draft.raw, draft.location
    campaign_of = rules.campaign_of
    # Most bodies say nothing, and on the hot path a call is felt.
    draft.utm_source = campaign_of(raw.utm_source, location.utm_source) if raw.utm_source else location.utm_source
    draft.utm_medium = campaign_of(raw.utm_medium, location.utm_medium) if raw.utm_medium else location.utm_medium
    draft.utm_campaign = (
        campaign_of(raw.utm_campaign, location.utm_campaign) if raw.utm_campaign else location.utm_campaign
    )


def put_channel(draft: Draft) -> None:
    """The channel, by referrer and campaign."""
    draft.channel = rules.channel_of(
        draft.lookups.source, draft.referrer.host, draft.utm_source, draft.utm_medium, draft.location.click
    )


def put_place(draft: Draft) -> None:
    """Country, region and city of the address; a country that was sent stands alone, XX being none that is known."""
    draft.place = rules.place_of(draft.lookups.place, draft.raw.country, draft.request.ip)


def drop_excluded_country(draft: Draft) -> DropReason | None:
    """Addresses in countries that the site's owner excluded; one whose country is not known is in none."""
    return DropReason.EXCLUDED_COUNTRY if draft.place.country in draft.site.excluded_countries else None


def put_agent(draft: Draft) -> None:
    """Browser, system and device."""
    draft.agent = draft.lookups.agent(draft.request.user_agent)


def put_traffic(draft: Draft) -> None:
    """The verdict: human or bot."""
    if draft.agent.bot:
        draft.traffic = TrafficClass.BOT.value


def put_screen(draft: Draft) -> None:
    """The bucket of the screen's width."""
    draft.screen = bucket_of(draft.raw.screen_width)


def put_stamp(draft: Draft) -> None:
    """The time of acceptance and the event's id."""
    draft.stamp = draft.lookups.stamp()


def put_visitor(draft: Draft) -> None:
    """The visitor's hash of the day; from here on neither address nor user agent is needed."""
    who = rules.sender_of(draft.raw.visitor_id, draft.request.ip, draft.request.user_agent)
    draft.identity = draft.lookups.identify(draft.stamp.ts, draft.site.id, *who)


#: The whole journey. Each exclusion comes as soon as it can be told, the stamp as late as can be.
STEPS: Final[tuple[Step, ...]] = (
    drop_gpc,
    drop_dnt,
    drop_ignored_ip,
    drop_excluded_ip,
    drop_prefetch,
    put_path,
    drop_excluded_path,
    put_location,
    drop_other_host,
    put_place,
    drop_excluded_country,
    put_referrer,
    put_campaign,
    put_channel,
    put_agent,
    put_traffic,
    put_screen,
    put_stamp,
    put_visitor,
)
_OF_BROWSERS: Final[frozenset[Step]] = frozenset({drop_gpc, drop_dnt, drop_ignored_ip, drop_prefetch, put_traffic})
#: The journey of what a program tells: it chose to send it, so its headers mean nothing, and it is no bot's.
SENT_STEPS: Final[tuple[Step, ...]] = tuple(step for step in STEPS if step not in _OF_BROWSERS)
#: Those that let everything pass where `Site.excludes` is false, as of most sites.
EXCLUSIONS: Final[frozenset[Step]] = frozenset(
    {drop_excluded_ip, drop_excluded_path, drop_other_host, drop_excluded_country}
)
