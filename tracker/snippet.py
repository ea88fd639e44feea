"""What a site's owner pastes into the pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from tracker.builds import build_name, builds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from tracker.builds import Extra


class Snippet(NamedTuple):
    """Tags for a page's head, one of which is enough, and a line for its body."""

    #: Always the newest script.
    plain: str
    #: This very script and no other: the browser refuses it once a byte of it differs.
    pinned: str
    #: Counts the views of browsers that run no script.
    noscript: str


def snippet(
    site: UUID | str,
    base: str,
    extras: Iterable[Extra] = (),
    *,
    honour_gpc: bool = True,
    honour_dnt: bool = True,
) -> Snippet:
    """Return the tags of a site.

    Args:
        site: the site's UUID, or what stands for it in an example.
        base: how browsers reach us, such as `https://stats.example.com`.
        extras: what the script does beyond the default.
        honour_gpc: whether visitors that ask by `Sec-GPC` stay uncounted.
        honour_dnt: the same of `DNT`.

    Raises:
        FileNotFoundError: the package was built without the scripts.
    """
    base, name = escape(base.rstrip("/")), build_name(extras)
    build = builds()[name]
    attributes = f'data-id="{escape(str(site))}"'
    attributes += "" if honour_gpc else ' data-gpc="count"'
    attributes += "" if honour_dnt else ' data-dnt="count"'
    return Snippet(
        plain=f'<script defer {attributes} src="{base}/js/{name}"></script>',
        pinned=f'<script defer {attributes} src="{base}/js/{build.digest}/{name}"'
        f' integrity="{build.integrity}" crossorigin="anonymous"></script>',
        # By most pages' own policy an image is told the page's origin only.
        noscript=f'<noscript><img src="{base}/api/v1/pixel.gif?id={escape(str(site))}" alt=""'
        ' referrerpolicy="no-referrer-when-downgrade"></noscript>',
    )
