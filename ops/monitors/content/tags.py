"""The start tags of a page with their attributes, found in time and memory that grow with its length alone.

A tree of elements may be far larger than the page that it is built from, and take quadratic time: nobody may do that to
us, and nobody needs the tree.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

#: Of a page, so many are read.
_MOST: Final = 20_000
_MARKUP: Final = re.compile(r"<(?:(?P<comment>!--)|(?P<bogus>[!?])|(?P<end>/?)(?P<name>[A-Za-z][^\s/>]*))")
#: Up to the end of a tag. A quote means something only behind a sign of equality.
_REST: Final = re.compile(r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+>""")
#: Elements without markup in them, and what ends each.
_TEXTS: Final = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}


class Tag(NamedTuple):
    """A start tag."""

    name: str  #: in lower case
    attributes: Mapping[str, str]  #: without escapes; one without a value has ''


def start_tags(html: str, names: Collection[str]) -> list[Tag]:
    """Return the start tags of these names, as they stand; those in templates are no part of the page."""
    # Each becomes an element that can hold no other, so that reading the attributes builds no tree.
    some = islice(((name, rest) for name, rest in _tags(html) if name in names), _MOST)
    flat = "".join(f"<img tag={name} {rest}>" for name, rest in some)
    found = []
    for node in LexborHTMLParser(flat).css("img[tag]"):
        attributes = {name: value or "" for name, value in node.attributes.items()}
        found.append(Tag(attributes.pop("tag"), attributes))
    return found


def _tags(html: str) -> Iterator[tuple[str, str]]:
    """Each start tag's name, and what stands behind it."""
    place = templates = 0
    while markup := _MARKUP.search(html, place):
        if markup["name"] is None:
            sign = "-->" if markup["comment"] else ">"
            place = html.find(sign, markup.start() + 2) + len(sign)
            if place < len(sign):
                return
            continue
        rest = _REST.match(html, markup.end())
        if rest is None:
            return
        name, place = markup["name"].lower(), rest.end()
        if name == "template":
            templates = max(templates + (-1 if markup["end"] else 1), 0)
        if markup["end"]:
            continue
        if not templates:
            yield name, rest[0][:-1]
        if name in _TEXTS:
            end = _TEXTS[name].search(html, place)
            if end is None:
                return
            place = end.start()
