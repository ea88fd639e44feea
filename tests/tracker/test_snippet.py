"""What a site's owner pastes."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256, sha384
from html.parser import HTMLParser
from uuid import UUID

import pytest

from tracker.builds import Extra, builds
from tracker.snippet import snippet

SITE = UUID("0b6ff7a8-5a0e-4c57-9a9e-0c3a0f3a8f52")
BASE = "https://stats.example.com"


class Tags(HTMLParser):
    """Collects the tags of a text with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.found.append((tag, dict(attrs)))


def test_the_plain_tag() -> None:
    """The newest script, in one line."""
    expected = f'<script defer data-id="{SITE}" src="https://stats.example.com/js/tracker.js"></script>'
    assert snippet(SITE, BASE).plain == expected
    assert snippet(SITE, BASE + "/").plain == expected


def test_the_pinned_tag() -> None:
    """One script for ever: its hash in the address, and another one that the browser checks."""
    ((tag, attributes),) = Tags(snippet(SITE, BASE, [Extra.VITALS, Extra.FORMS]).pinned).found
    content = builds()["tracker.forms.vitals.js"].content
    assert tag == "script"
    assert attributes["src"] == f"{BASE}/js/{sha256(content).hexdigest()[:12]}/tracker.forms.vitals.js"
    assert attributes["crossorigin"] == "anonymous"
    kind, _, digest = (attributes["integrity"] or "").partition("-")
    assert (kind, b64decode(digest)) == ("sha384", sha384(content).digest())


def test_the_line_without_a_script() -> None:
    """An image, which is told the page's whole address."""
    found = Tags(snippet(SITE, BASE).noscript).found
    image = {
        "src": f"{BASE}/api/v1/pixel.gif?id={SITE}",
        "alt": "",
        "referrerpolicy": "no-referrer-when-downgrade",
    }
    assert found == [("noscript", {}), ("img", image)]


@pytest.mark.parametrize("honour_gpc", [True, False])
@pytest.mark.parametrize("honour_dnt", [True, False])
def test_signals(*, honour_gpc: bool, honour_dnt: bool) -> None:
    """The tag says which signal the site counts in spite of; by default none."""
    made = snippet(SITE, BASE, honour_gpc=honour_gpc, honour_dnt=honour_dnt)
    for text in (made.plain, made.pinned):
        ((_, attributes),) = Tags(text).found
        assert attributes.get("data-gpc") == (None if honour_gpc else "count")
        assert attributes.get("data-dnt") == (None if honour_dnt else "count")


def test_addresses_are_escaped() -> None:
    """Whatever somebody sets as address stays within its attribute."""
    ((_, attributes),) = Tags(snippet("$ID", 'https://x/"><b>').plain).found
    assert attributes["src"] == 'https://x/"><b>/js/tracker.js'
    assert attributes["data-id"] == "$ID"
