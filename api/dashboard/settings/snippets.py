"""The section of what is pasted into a site's pages."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tracker.builds import Extra, build_name, builds
from tracker.snippet import snippet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking

#: What each extra does.
_MEANINGS: Final[Mapping[Extra, tuple[str, str]]] = MappingProxyType(
    {
        Extra.FORMS: ("Forms", "A form with data-analytics-event counts as an event when it is sent."),
        Extra.OWNER: ("Leave me out", "Visiting a page with #analytics-off leaves this browser out from then on."),
        Extra.PATHS: ("Paths", "data-exclude and data-include: pages of which nothing leaves the browser."),
        Extra.VITALS: ("Web vitals", "How fast the first page was: LCP, INP, CLS, FCP and TTFB."),
    }
)


class Option(NamedTuple):
    """A box to tick."""

    extra: Extra
    title: str
    meaning: str
    ticked: bool


class SnippetPage:
    """Which build of the script, and its tags; the form is a link, nothing is saved. See `Page`."""

    def __init__(self, *, public_url: str) -> None:
        self._public_url = public_url

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:  # noqa: ARG002 - nothing is typed
        """See `Page`."""
        site, words = asking.site, asking.request.query_params.getlist("extra")
        ticked = [extra for extra in Extra if extra in words]
        made = snippet(
            site.uuid,
            self._public_url or str(asking.request.base_url),
            ticked,
            honour_gpc=site.honour_gpc,
            honour_dnt=site.honour_dnt,
        )
        return {
            "options": [Option(extra, *_MEANINGS[extra], extra in ticked) for extra in Extra],
            "snippet": made,
            "bytes": len(builds()[build_name(ticked)].brotli),
        }
