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
    from aggregations.hits import Hit
    from core.events import Event
    from core.sites import Site
    from storage.keys import KeyDetails
    from storage.kudos import Kudo
    from storage.lifetimes import Lifetime

#: What stands in a path as it is (RFC 3986, section 3.3), and the sign of the escapes that a stored path has.
_SAFE: Final = "/:@!$&'()*+,;=%"
_SECOND: Final = 1_000
_UNSIGNED: Final = (1 << 64) - 1
_ACCESS: Final = {Access.FULL: "full_access", Access.READ_ONLY: "read_only"}


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
