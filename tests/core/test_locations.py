"""What is kept of addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clicks import Network
from core.locations import Location, parse_location, whole_queries, whole_query
from core.text import is_clean


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://Example.com/a", Location("example.com")),
        ("https://user:pass@example.com:8443/a", Location("example.com")),
        ("https://example.com./", Location("example.com")),
        ("http://[2001:db8::1]:80/", Location("[2001:db8::1]")),
        ("https://example.com?x=utm_source", Location("example.com")),
        ("https://example.com/?token=secret&q=1#frag?utm_source=x", Location("example.com")),
        (
            "https://example.com/?a=1&utm_source=a+b&utm_medium=%C3%A9&utm_source=second",
            Location("example.com", query="utm_source=a+b&utm_medium=%C3%A9", utm_source="a b", utm_medium="é"),
        ),
        ("https://example.com/?utm_source=%00x", Location("example.com", query="utm_source=x", utm_source="x")),
        ("https://example.com/?gclid=secret", Location("example.com", query="gclid", click=Network.GOOGLE)),
        ("https://example.com/?ScCid=secret", Location("example.com", query="ScCid", click=Network.SNAPCHAT)),
        ("https://example.com/?sccid=secret&gclid=", Location("example.com")),
        (
            "https://example.com/?gclid=1&fbclid=2&gclid=3",
            Location("example.com", query="gclid&fbclid", click=Network.GOOGLE),
        ),
        ("https://example.com/?utm_source=", Location("example.com")),
        (
            "https://example.com/?utm_source=mail?fbclid=secret?token=secret",
            Location("example.com", query="utm_source=mail&fbclid", utm_source="mail", click=Network.META),
        ),
        ("/a", Location("")),
        ("nonsense", Location("")),
        ("://x", Location("")),
        ("", Location("")),
    ],
)
def test_locations(url: str, location: Location) -> None:
    """Host and campaign parameters stay; user, port, fragment, other parameters and the values of click ids go."""
    assert parse_location(url) == location


@given(st.text(max_size=3_000) | st.text(st.sampled_from("utm_source=%00&?#/:@[]"), max_size=80))
def test_any_text_is_an_address(url: str) -> None:
    """No text raises, and what comes out can be stored."""
    location = parse_location(url)
    assert len(location.hostname) <= 255
    assert is_clean(location.utm_source + location.query)


def test_values_are_bounded() -> None:
    """A campaign of any length is cut to 255 characters."""
    assert len(parse_location("https://e.com/?utm_source=" + "x" * 9_000).utm_source) == 255


@given(
    st.lists(
        st.sampled_from(["https://example.com/a?q=1", "/a?x?y", "a#b?c", "a?b#c", "\0?\0", "", "a?" + "x" * 2_000])
    )
)
def test_whole_queries_of_many(urls: list[str]) -> None:
    """Each as it is by itself."""
    assert list(map(whole_query, urls)) == whole_queries(urls)
