"""Bodies as they are sent, and rows as they are shown."""

from __future__ import annotations

from typing import Final

import pytest

from aggregations.hits import Hit
from api.dialects.beep.translate import count_rows, domain_of, page_view
from api.dialects.beep.wire import View, read_ignored, read_view, view_row
from core.errors import InvalidInput
from core.raw import RawEvent

#: A view of which only the time is known: 2024-01-01 12:00:00.999 UTC.
BARE: Final = Hit(
    site=1,
    event_id=1,
    ts=1_704_110_400_999,
    path="/",
    query="",
    hostname="",
    referrer="",
    country="",
    region="",
    city="",
    browser="",
    browser_version="",
    os="",
    os_version="",
    device="",
    utm_source="",
    visitor=1,
    ip="",
)


@pytest.mark.parametrize(
    ("origin", "domain"),
    [
        ("https://example.com", "example.com"),
        ("http://example.com:8080", "example.com"),
        ("HTTPS://Example.COM", "example.com"),
        ("https://blog.example.com/a?b#c", "blog.example.com"),
        ("example.com", "example.com"),
        ("example.com/a", "example.com"),
        ("https://example.com?a", "example.com"),
        ("https://www.example.com", "www.example.com"),
        ("null", "null"),
        ("https://", ""),
        ("https:///a", ""),
        ("https://:80", ""),
        (" ", ""),
        ("file:///a", "file"),
    ],
)
def test_the_domain_of_an_origin(origin: str, domain: str) -> None:
    """It has neither scheme, port nor path; `www.` is a part of it."""
    assert domain == domain_of(origin)


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (
            b'{"origin": "https://b.test", "path": "/page-path", "referrer": "https://c.test", "screen": "1920x1080"}',
            RawEvent("page_view", "https://a.test/page-path", "/page-path", "https://c.test", screen_width=1920),
        ),
        (b"{}", RawEvent("page_view", "https://a.test/", "/")),
        (b'{"path": null, "referrer": null, "screen": null}', RawEvent("page_view", "https://a.test/", "/")),
        (b'{"path": "a?utm_source=b"}', RawEvent("page_view", "https://a.test/a?utm_source=b", "a?utm_source=b")),
        (b'{"screen": "1920"}', RawEvent("page_view", "https://a.test/", "/")),
        (b'{"screen": "-1x-1"}', RawEvent("page_view", "https://a.test/", "/")),
        (b'{"screen": "9999999x1"}', RawEvent("page_view", "https://a.test/", "/")),
    ],
)
def test_a_view_is_read(body: bytes, event: RawEvent) -> None:
    """What is missing is empty; a screen that is no size is none."""
    assert event._replace(keeps_ip=True) == page_view(read_view(body), "a.test")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"a"', b'{"path": 1}', b'{"path": "\xff"}', b"[" * 100_000, b"{} {}"]
)
def test_what_is_no_view(body: bytes) -> None:
    """Anything but an object with texts is refused, for the list of ignored addresses too."""
    with pytest.raises(InvalidInput, match=r"^invalid json$"):
        read_view(body)
    with pytest.raises(InvalidInput, match=r"^invalid json$"):
        read_ignored(body.replace(b"path", b"ip"))


@pytest.mark.parametrize("field", ["path", "referrer"])
def test_what_cannot_be_stored(field: str) -> None:
    """Neither a path nor a referrer holds U+0000."""
    with pytest.raises(InvalidInput, match=field):
        page_view(View(**{field: "/a\0"}), "a.test")


@pytest.mark.parametrize("body", [b"{}", b'{"ip": ""}', b'{"ip": null}', b'{"IP": "192.0.2.1"}'])
def test_nothing_to_ignore(body: bytes) -> None:
    """An address is needed."""
    with pytest.raises(InvalidInput, match=r"^ip required$"):
        read_ignored(body)


def test_counts_are_of_domains() -> None:
    """Sites of one domain are one; rows come by domain, path and address."""
    found = [(1, "", "/b", 2), (1, "", "/a", 3), (2, "192.0.2.2", "/", 1), (2, "192.0.2.1", "/", 4), (3, "", "/b", 5)]
    assert count_rows(found, {1: "b.test", 2: "a.test", 3: "b.test"}) == [
        {"site": "a.test", "ip": "192.0.2.1", "path": "/", "count": 4},
        {"site": "a.test", "ip": "192.0.2.2", "path": "/", "count": 1},
        {"site": "b.test", "ip": "", "path": "/a", "count": 3},
        {"site": "b.test", "ip": "", "path": "/b", "count": 7},
    ]


@pytest.mark.parametrize(
    ("browser", "os", "device", "shown"),
    [
        (("Chrome", "120"), ("Windows", "10"), "desktop", ("Chrome 120", "Windows 10")),
        (("Safari", "17"), ("macOS", "10.15"), "desktop", ("Safari 17", "macOS 10")),
        (("Safari", "17"), ("iOS", "17.2"), "mobile", ("Safari 17", "iOS 17")),
        (("Safari", "17"), ("iOS", "17.2"), "tablet", ("Safari 17", "iPadOS 17")),
        (("Firefox", "121"), ("Linux", ""), "desktop", ("Firefox 121", "Linux")),
        (("", ""), ("", ""), "", ("Other", "Other")),
    ],
)
def test_names_with_their_versions(
    browser: tuple[str, str], os: tuple[str, str], device: str, shown: tuple[str, str]
) -> None:
    """Browser and system are shown with the first number of their version."""
    hit = BARE._replace(browser=browser[0], browser_version=browser[1], os=os[0], os_version=os[1], device=device)
    row = view_row("a.test", hit)
    assert shown == (row["browser"], row["os"])


def test_a_whole_row() -> None:
    """A view has ten fields, in this order, those that are not known too."""
    known = BARE._replace(
        ip="192.168.1.1",
        country="US",
        region="California",
        city="San Francisco",
        browser="Chrome",
        browser_version="120",
        os="Windows",
        os_version="10",
        path="/page",
        referrer="google.com",
    )
    row = view_row("example.com", known)
    assert list(row.items()) == [
        ("site", "example.com"),
        ("ip", "192.168.1.1"),
        ("country", "US"),
        ("region", "California"),
        ("city", "San Francisco"),
        ("browser", "Chrome 120"),
        ("os", "Windows 10"),
        ("path", "/page"),
        ("referrer", "https://google.com"),
        ("time", "2024-01-01T12:00:00Z"),
    ]
    bare = view_row("example.com", BARE)
    assert list(row) == list(bare)
    assert [bare[name] for name in ("ip", "country", "region", "city", "referrer")] == [""] * 5
