"""The tags that the command line shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.node.greeting import address
from tracker.snippet import snippet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.sites import Site
    from ops.settings import Settings
    from tracker.builds import Extra
    from tracker.snippet import Snippet


def tags_of(site: Site, settings: Settings, extras: Iterable[Extra] = ()) -> Snippet:
    """Return what to paste into the pages of a site, by its settings and by those of the process."""
    return snippet(
        site.uuid,
        address(settings, settings.port),
        extras,
        honour_gpc=site.honour_gpc,
        honour_dnt=site.honour_dnt,
    )
