"""What values are called on the page, in the viewer's language. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from api.dashboard.numbers import percent
from core.agents import Device
from core.filters import FilterDimension
from core.screens import UNKNOWN
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from babel import Locale

#: Letters at the end of a long name that are never left out, and the shortest name that is cut there.
_TAIL: Final = 14
_LONG: Final = 24
#: A visit from nowhere: typed in, or opened from a bookmark, a mail or an app.
DIRECT: Final = "Direct"
_NO_PAGE: Final = "no page"
_F = FilterDimension

#: The names of hosts that everybody knows by another. Only exact ones: two rows must not have one name.
_HOSTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "baidu.com": "Baidu",
        "bing.com": "Bing",
        "bsky.app": "Bluesky",
        "chatgpt.com": "ChatGPT",
        "claude.ai": "Claude",
        "copilot.microsoft.com": "Copilot",
        "duckduckgo.com": "DuckDuckGo",
        "ecosia.org": "Ecosia",
        "facebook.com": "Facebook",
        "gemini.google.com": "Gemini",
        "google.com": "Google",
        "instagram.com": "Instagram",
        "kagi.com": "Kagi",
        "linkedin.com": "LinkedIn",
        "mail.google.com": "Gmail",
        "news.google.com": "Google News",
        "perplexity.ai": "Perplexity",
        "pinterest.com": "Pinterest",
        "reddit.com": "Reddit",
        "search.brave.com": "Brave Search",
        "startpage.com": "Startpage",
        "tiktok.com": "TikTok",
        "twitter.com": "Twitter",
        "x.com": "X",
        "yandex.ru": "Yandex",
        "youtube.com": "YouTube",
    }
)
_DEVICES: Final[Mapping[str, str]] = MappingProxyType(
    {Device.DESKTOP.value: "Desktop", Device.MOBILE.value: "Phone", Device.TABLET.value: "Tablet"}
)
#: The subjects that filters of another name choose by.
_SUBJECTS: Final[Mapping[FilterDimension, Subject]] = MappingProxyType(
    {_F(subject.value): subject for subject in Subject if subject.value in {*FilterDimension}}
)


def label(subject: Subject, names: Sequence[str], locale: Locale) -> str:
    """What a row is called."""
    if subject is Subject.CAMPAIGN:
        return next(filter(None, reversed(names)), UNKNOWN)
    called = _CALLED.get(subject)
    name = names[-1]
    return (name if called is None else called(name, locale)) or UNKNOWN


def aside(subject: Subject, names: Sequence[str], locale: Locale) -> str:
    """What tells its name from another that is the same: the country of a city, source and medium of a campaign."""
    if subject in {Subject.REGION, Subject.CITY}:
        return _country(names[0], locale)
    if subject is Subject.CAMPAIGN:
        *others, _ = filter(None, names)
        return " / ".join(others)
    return ""


def split(name: str) -> tuple[str, str]:
    """A long name in two: what may give way where there is no room, and what may not."""
    return (name[:-_TAIL], name[-_TAIL:]) if len(name) > _LONG else (name, "")


def value_label(dimension: FilterDimension, value: str, locale: Locale) -> str:
    """What a value that is filtered by is called."""
    subject = _SUBJECTS.get(dimension)
    if subject in {Subject.REGION, Subject.CITY}:
        country, *others = value.split("/")
        return ", ".join([*filter(None, reversed(others)), _country(country, locale) or UNKNOWN])
    if subject is not None:
        return label(subject, (value,), locale)
    return value or "none"


def _country(code: str, locale: Locale) -> str:
    return str(locale.territories.get(code, code))


def _screen(bucket: str, _: Locale) -> str:
    if bucket in {"", UNKNOWN}:
        return UNKNOWN
    if bucket.endswith("+"):
        return f"{bucket.removesuffix('+')}\u00a0px and wider"
    return bucket.replace("-", "\u2013") + "\u00a0px"


_CALLED: Final[Mapping[Subject, Callable[[str, Locale], str]]] = MappingProxyType(
    {
        Subject.SOURCE: lambda host, _: _HOSTS.get(host, host) or DIRECT,
        Subject.COUNTRY: _country,
        Subject.ENTRY: lambda path, _: path or _NO_PAGE,
        Subject.EXIT: lambda path, _: path or _NO_PAGE,
        Subject.DEVICE: lambda device, _: _DEVICES.get(device, device),
        Subject.SCREEN: _screen,
        Subject.SCROLL: lambda name, locale: f"{percent(int(name.removeprefix('scroll_')), locale)} of the page",
    }
)
