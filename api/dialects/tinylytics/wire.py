"""The shapes of the Tinylytics API's things. Pure."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

from api.dialects.instants import to_the_second
from core.accounts import Access
from core.agents import Device
from core.places import UNKNOWN_COUNTRY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregations.hits import Hit
    from core.content import Issue
    from core.events import Event
    from core.sites import Site
    from storage.insights import Insight
    from storage.keys import KeyDetails
    from storage.kudos import Kudo
    from storage.lifetimes import Lifetime

#: What stands in a path as it is (RFC 3986, section 3.3), and the sign of the escapes that a stored path has.
_SAFE: Final = "/:@!$&'()*+,;=%"
_SECOND: Final = 1_000
_UNSIGNED: Final = (1 << 64) - 1
_ACCESS: Final = {Access.FULL: "full_access", Access.READ_ONLY: "read_only"}


_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
#: The numbers of each kind of signal, in their order: the store keeps none.
_EXCERPTS: Final = {
    "traffic_change": ("direction", "current_hits", "previous_hits", "absolute_change", "change_percentage"),
    "page_breakout": ("path", "current_hits", "usual_hits", "absolute_change", "times_usual"),
    "referrer_surge": ("referrer", "current_visits", "usual_visits", "absolute_change", "times_usual"),
    "audience_shift": (
        *("dimension", "value", "direction", "current_visits"),
        *("current_percentage", "usual_percentage", "change_in_points"),
    ),
    "live_spike": ("current_hits", "usual_hits", "absolute_change", "times_usual"),
}

#: A hit, whether it was just taken in or read from the store.
Seen: TypeAlias = "Event | Hit"


def me(details: KeyDetails) -> dict[str, Any]:
    """Whose key it is. Everybody has all there is, so everybody is subscribed."""
    return {
        "id": details.user_number,
        "email": details.email or None,
        "is_subscribed": True,
        "created_at": to_the_second(details.user_created_at),
        "api_key": {
            "name": details.name or None,
            "access_type": _ACCESS[details.access],
            "last_used_at": None if details.last_used_at is None else to_the_second(details.last_used_at),
        },
    }


def site(shown: Site, lifetime: Lifetime, kudos: int) -> dict[str, Any]:
    """A site with all that was ever counted of it."""
    return {
        **site_in_brief(shown),
        "lifetime_hits": lifetime.views,
        "lifetime_unique_hits": lifetime.unique_views,
        "lifetime_kudos": kudos,
        "active": True,
        "public": shown.public,
        "created_at": to_the_second(shown.created_at),
        "updated_at": to_the_second(shown.updated_at),
    }


def site_in_brief(shown: Site) -> dict[str, Any]:
    """Which site it is."""
    return {
        "id": shown.id,
        "uid": shown.uid,
        "url": f"https://{shown.domain}",
        "label": shown.name or shown.domain,
    }


def hit(seen: Seen, domain: str) -> dict[str, Any]:
    """A hit in a list; `domain` is the site's, for a hit that does not know its host."""
    return {
        "id": seen.event_id,
        "url": _url(seen, domain),
        "path": seen.path,
        "referrer": referrer(seen.referrer),
        "country": country(seen.country),
        "browser_name": seen.browser or None,
        "platform_name": seen.os or None,
        "is_mobile": seen.device == Device.MOBILE,
        "source": seen.utm_source or None,
        "created_at": to_the_second(seen.ts),
    }


def created_hit(seen: Seen, domain: str) -> dict[str, Any]:
    """A hit that was just taken in."""
    listed = hit(seen, domain)
    created_at = listed.pop("created_at")
    return listed | {
        "unique_hash": unique_hash(seen.visitor, seen.path),
        "visitor_hash": visitor_hash(seen.visitor),
        "created_at": created_at,
    }


def kudo(given: Kudo) -> dict[str, Any]:
    """A kudo."""
    return {"id": given.id, "uid": given.uid, "path": given.path, "created_at": to_the_second(given.created_at)}


def insight(said: Insight) -> dict[str, Any]:
    """What was said of a day."""
    document, generated_at = said.document, to_the_second(said.generated_at)
    return {
        "id": said.id,
        "insights_for_date": said.day.isoformat(),
        "formatted_insights_date": f"{_MONTHS[said.day.month - 1]} {said.day.day}, {said.day.year}",
        "generated_at": generated_at,
        "summary": document["summary"],
        "signals": [_signal(each, generated_at) for each in document["signals"]],
        "traffic_patterns": document["traffic_patterns"],
        "best_content": document["best_content"],
        "recommendations": document["recommendations"],
    }


def _signal(stored: Mapping[str, Any], detected_at: str) -> dict[str, Any]:
    window, numbers = stored["window"], stored["payload_excerpt"]
    return {
        "type": stored["type"],
        "headline": stored["headline"],
        "summary": stored["summary"],
        "importance_score": stored["importance_score"],
        "detected_at": detected_at,
        "window": {"started_at": window["started_at"], "ended_at": window["ended_at"]},
        "payload_excerpt": {name: numbers[name] for name in _EXCERPTS[stored["type"]]},
    }


def issue(found: Issue) -> dict[str, Any]:
    """Something that was found wrong in a site's pages; one that is mended has no message."""
    return {
        "id": found.id,
        "url": found.url,
        "status_code": found.status_code,
        "error_message": found.message or None,
        "issue_type": found.kind.value,
        "checked_at": to_the_second(found.checked_at),
        "ignored": found.ignored,
    }


def visitor_hash(visitor: int) -> str | None:
    """What a visitor of one day is called: 16 hexadecimal digits; None where there is none."""
    return f"{visitor & _UNSIGNED:016x}" if visitor else None


def unique_hash(visitor: int, path: str) -> str | None:
    """What a visitor's hits of one page on one day are called: 12 hexadecimal digits; None without a visitor."""
    return blake2b(f"{visitor}\0{path}".encode(), digest_size=6).hexdigest() if visitor else None


def referrer(stored: str) -> str | None:
    """The page before, as an address; the scheme is not stored, nor is a query."""
    return f"https://{stored}" if stored else None


def country(stored: str) -> str:
    """A country's code, XX where it is not known."""
    return stored or UNKNOWN_COUNTRY


def _url(seen: Seen, domain: str) -> str:
    """The page's address; what a path has beyond ASCII, and what may not stand in an address, is escaped again."""
    query = f"?{seen.query}" if seen.query else ""
    return f"https://{seen.hostname or domain}{quote(seen.path, safe=_SAFE)}{query}"
