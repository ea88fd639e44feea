"""Which addresses of a page are worth a request: within bounds that no site can make us leave."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yarl import URL

from core.content import Role
from storage.crawls import NewUrl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.monitors.content.links import Found, Page
    from ops.monitors.content.robots import Rules
    from ops.monitors.content.urls import Scope
    from storage.crawls import Extent

#: Endings of files that are no pages: they are asked for, and not read.
_FILES: Final = (
    *(".avif", ".bmp", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".tif", ".tiff", ".webp"),
    *(".aac", ".avi", ".flac", ".m4a", ".m4v", ".mkv", ".mov", ".mp3", ".mp4", ".ogg", ".wav", ".webm"),
    *(".7z", ".apk", ".bz2", ".deb", ".dmg", ".exe", ".gz", ".iso", ".jar", ".msi", ".rar", ".rpm", ".tar", ".xz"),
    *(".zip", ".csv", ".doc", ".docx", ".epub", ".odp", ".ods", ".odt", ".pdf", ".ppt", ".pptx", ".xls", ".xlsx"),
    *(".css", ".eot", ".js", ".json", ".mjs", ".otf", ".ttf", ".wasm", ".woff", ".woff2", ".xml"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a site is looked at in one run."""

    pages: int = 500  #: that are read
    urls: int = 5_000  #: that are asked for, pages and others
    depth: int = 20  #: links from the first page
    variants: int = 20  #: queries of one path: calendars and filters have no end
    work: int = 3_600_000  #: ms


class Frontier:
    """What a run knows of, and what it lets in."""

    def __init__(self, scope: Scope, rules: Rules, limits: Limits, known: Mapping[str, Role]) -> None:
        """Go on with what is known of."""
        self._scope = scope
        self._rules = rules
        self._limits = limits
        self._known = dict(known)
        self._insecure: set[str] = set()
        self._refused: set[str] = set()
        self._pages = sum(role is Role.PAGE for role in known.values())
        self._variants = Counter(_path(url) for url in known if "?" in url)

    def offer(self, page: Page, *, depth: int) -> list[NewUrl]:
        """Return what is new of a page that is so many links from the first one, and is known from now on.

        What is taken in over http by a page over https is returned though it is known, once.
        """
        new = []
        for found in page.found:
            insecure = found.is_taken_in and page.is_secure and found.url.startswith("http:")
            role = self._known.get(found.url)
            if role is None:
                role = self._let_in(found, depth=depth + 1)
            elif not insecure or found.url in self._insecure:
                continue
            if role is not None:
                new.append(NewUrl(found.url, role, insecure))
                self._insecure |= {found.url} if insecure else set()
        return new

    def add(self, url: str, role: Role) -> None:
        """Know of an address that was come by in another way."""
        if url not in self._known:
            self._known[url] = role
            self._pages += role is Role.PAGE
            self._variants.update([_path(url)] if "?" in url else ())

    def _let_in(self, found: Found, *, depth: int) -> Role | None:
        if len(self._known) >= self._limits.urls:
            return None
        if "?" in found.url and self._variants[_path(found.url)] >= self._limits.variants:
            return None
        if self._scope.is_own(found.url) and not self._may_ask(found.url):
            return None
        role = Role.PAGE if self._is_page(found, depth=depth) else Role.LINK
        self.add(found.url, role)
        return role

    def _may_ask(self, url: str) -> bool:
        """Whether the rules allow it; to go through long ones for every link of every page would take hours."""
        if url in self._refused or len(self._refused) >= self._limits.urls:
            return False
        allowed = self._rules.allow(url)
        self._refused |= set() if allowed else {url}
        return allowed

    def _is_page(self, found: Found, *, depth: int) -> bool:
        return (
            found.is_link
            and self._scope.contains(found.url)
            and depth <= self._limits.depth
            and self._pages < self._limits.pages
            and not URL(found.url).raw_path.lower().endswith(_FILES)
        )


def saw_all(extent: Extent, limits: Limits) -> bool:
    """Whether a run that has nothing left to do came to no bound."""
    return extent.urls < limits.urls and extent.pages < limits.pages and extent.depth <= limits.depth


def _path(url: str) -> str:
    return url.partition("?")[0]
