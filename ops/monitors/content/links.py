"""What a page points to and takes in, read from its HTML."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from ops.monitors.content.tags import start_tags
from ops.monitors.content.urls import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.monitors.content.tags import Tag

#: Of a page, so many are looked at.
MOST: Final = 5_000
#: What makes a browser take something in, by the value of `rel`.
_TAKEN_IN: Final = frozenset({"stylesheet", "icon", "apple-touch-icon", "manifest", "preload", "modulepreload"})
#: Attributes that name what is taken in, by element. What a `link` names depends on its `rel`.
_RESOURCES: Final = {
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "script": ("src",),
    "iframe": ("src",),
    "frame": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "track": ("src",),
    "input": ("src",),
    "link": ("href",),
}
_LINKS: Final = frozenset({"a", "area"})
_NAMES: Final = frozenset({*_LINKS, *_RESOURCES, "base", "meta"})
_FRAMES: Final = frozenset({"iframe", "frame"})
_UPGRADE: Final = re.compile(r"(^|[;,])\s*upgrade-insecure-requests\s*($|[;,])", re.IGNORECASE)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
#: How far into a page it may say what it is written in.
_PRESCAN: Final = 1_024
#: Encodings of pages; others that Python knows are none, or cost too much.
_ENCODINGS: Final = re.compile(
    r"utf-8|utf-16(-[bl]e)?|ascii|iso8859-\d+|cp(125\d|866|874|932|949|950)|koi8-[ru]|mac-\w+|gb2312|gbk|gb18030|big5\w*"
    r"|shift_jis\w*|euc_\w+|iso2022_jp|tis-620"
)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DESCRIPTORS: Final = re.compile(r"[^,(]*(?:\([^)]*\)?[^,(]*)*,?")
_BLANK: Final = " \t\r\n\f"


class Found(NamedTuple):
    """An address on a page, in its one form."""

    url: str
    is_link: bool  #: it leads to a page, maybe
    is_taken_in: bool  #: a browser that shows the page asks for it


class Page(NamedTuple):
    """What is on a page."""

    url: str
    found: tuple[Found, ...]  #: each address once, as they stand

    @property
    def is_secure(self) -> bool:
        """Whether it came over https."""
        return self.url.startswith("https:")


def read_page(url: str, body: bytes, *, content_type: str = "", policy: str = "") -> Page:
    """Return what is on a page.

    Args:
        url: where it is, in its one form.
        body: HTML, or what its server says is.
        content_type: the header, for the encoding.
        policy: the header `Content-Security-Policy`, which may let browsers ask over https for what is taken in.
    """
    tags = start_tags(body.decode(encoding_of(body, content_type), "replace"), _NAMES)
    base = _base(tags, url)
    upgrades = url.startswith("https:") and _upgrades(tags, policy)
    found: dict[str, Found] = {}
    for tag in tags:
        for text, is_link, is_taken_in in _addresses(tag):
            address = canonical(text, base)
            if address is None:
                continue
            if is_taken_in and upgrades:
                address = re.sub("^http:", "https:", address)
            before = found.get(address)
            if before is not None:
                found[address] = Found(address, before.is_link or is_link, before.is_taken_in or is_taken_in)
            elif len(found) < MOST:
                found[address] = Found(address, is_link, is_taken_in)
    return Page(url, tuple(found.values()))


def encoding_of(body: bytes, content_type: str) -> str:
    """Return what a page is written in: what its first bytes say, or its header, or it itself; else UTF-8."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    for text in (content_type, body[:_PRESCAN].decode("ascii", "replace")):
        said = _CHARSET.search(text)
        if said is None:
            continue
        try:
            name = codecs.lookup(said[1]).name
        except LookupError:
            continue
        if _ENCODINGS.fullmatch(name):
            # Who says that it is Latin-1 means what browsers take for it.
            return "cp1252" if name in {"ascii", "iso8859-1"} else name
    return "utf-8"


def candidates(srcset: str) -> Iterator[str]:
    """Return the addresses in the value of a `srcset`, as browsers read it."""
    place = 0
    while place < len(srcset):
        if srcset[place] in _BLANK or srcset[place] == ",":
            place += 1
            continue
        begin = place
        while place < len(srcset) and srcset[place] not in _BLANK:
            place += 1
        text = srcset[begin:place]
        if text.endswith(","):
            yield text.rstrip(",")
            continue
        yield text
        rest = _DESCRIPTORS.match(srcset, place)
        place = rest.end() if rest else len(srcset)


def _addresses(tag: Tag) -> Iterator[tuple[str, bool, bool]]:
    """Each address of an element, whether it leads to a page, and whether it is taken in."""
    name, attributes = tag
    if name in _LINKS:
        if "href" in attributes:
            yield attributes["href"], True, False
        return
    if name == "link" and _TAKEN_IN.isdisjoint(attributes.get("rel", "").lower().split()):
        return
    if name == "input" and attributes.get("type", "").lower() != "image":
        return
    for attribute in _RESOURCES.get(name, ()):
        value = attributes.get(attribute, "").strip(_BLANK)
        for text in candidates(value) if attribute == "srcset" else (value,):
            if text:
                yield text, name in _FRAMES, True


def _base(tags: Iterable[Tag], url: str) -> str:
    given = next((tag.attributes["href"] for tag in tags if tag.name == "base" and "href" in tag.attributes), "")
    return (given and canonical(given, url)) or url


def _upgrades(tags: Iterable[Tag], policy: str) -> bool:
    said = (tag.attributes for tag in tags if tag.name == "meta")
    name = "content-security-policy"
    policies = [each.get("content", "") for each in said if each.get("http-equiv", "").lower() == name]
    return any(_UPGRADE.search(each) for each in (policy, *policies))
