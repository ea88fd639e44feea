"""What of the tracker the person tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from tracker.builds import Extra
from tracker.snippet import snippet

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The named builds, with what the page says of each.
EXTRAS: Final[Mapping[str, str]] = {
    "forms": "forms that are sent count as events",
    "owner": "the address #analytics-off keeps this browser out of the numbers",
    "paths": "pages under /private/ are never sent",
    "vitals": "how fast the page was, for the one who waited",
}
#: Attributes of the script tag that a box switches.
OPTIONS: Final[Mapping[str, str]] = {
    "hash": "data-hash: the route behind # is the path",
    "count": "data-gpc and data-dnt: count browsers that ask not to be",
    "direct": "straight to Footfall, as from other hosts; then the page cannot see what is in a request",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The boxes that are ticked."""

    extras: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """Return what a sent form says; unknown names are nothing."""
        return cls(extras=frozenset(EXTRAS.keys() & given.keys()), options=frozenset(OPTIONS.keys() & given.keys()))

    def snippet(self, *, site: str, own: str, server: str) -> str:
        """Return the tags: the script's, and a picture for who has no JavaScript.

        Args:
            site: the site's id.
            own: the folder of the page's server that is forwarded.
            server: Footfall's address.
        """
        tags = snippet(
            site,
            server if "direct" in self.options else own,
            [Extra(name) for name in self.extras],
            honour_gpc="count" not in self.options,
            honour_dnt="count" not in self.options,
        )
        attributes = ' data-exclude="/private/*"' if "paths" in self.extras else ""
        attributes += " data-hash" if "hash" in self.options else ""
        return f"{tags.plain.replace(' src=', f'{attributes} src=', 1)}\n{tags.noscript}"
